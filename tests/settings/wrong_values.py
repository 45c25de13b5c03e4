"""For every setting, values that it cannot have, and what is said about each of them."""

from __future__ import annotations

from devices.feedback import PROFILES

MARK = "allowed is up to 16 characters of Latin-1, none of them NUL, XON, XOFF, CR or LF"
GS_MARK = f"{MARK}; not a single letter or digit"
GUNS = 'allowed is a table such as {"01" = "left", "02" = "right"}'
PORT = "allowed is a device such as /dev/ttyACM0, socket://host:port, rfc2217://host:port or loop://"
URL = "allowed is sqlite:///path/to/site.db or postgresql://user@host/name"
TONE = 'allowed is up to 64 bytes in hexadecimal, such as "1b 42 0d"'
VID = 'allowed is four hexadecimal digits in quotes, such as "0c2e"'
SCALE = "allowed is a device such as /dev/ttyUSB0, socket://host:port, rfc2217://host:port or loop://"
PRINTER = "allowed is a device such as /dev/ttyUSB1, or socket://host:9100"
PREFIX = 'allowed is the 4 to 12 digits of a GS1 Company Prefix, in quotes, or ""'

# What stands behind the key, and what is said about it.
WRONG = {
    "station.name": {
        "5": "is 5; allowed is text of 1 to 128 characters",
        '""': "is ''; allowed is text of 1 to 128 characters",
        '" DOCK"': "is ' DOCK'; allowed is text of 1 to 128 characters",
        r'"a\u001bb"': "holds a forbidden character (control character 1B); allowed is text of 1 to 128 characters",
        r'"a\u202eb"': "holds a forbidden character (bidi control U+202E); allowed is text of 1 to 128 characters",
        f'"{"x" * 129}"': "is longer than 128 characters; allowed is text of 1 to 128 characters",
    },
    "station.database": {
        "true": f"is true; {URL}",
        '""': f"is ''; {URL}",
        '"site.db"': f"is 'site.db'; {URL}",
        '"sqlite:///"': f"is 'sqlite:///', which names no file; {URL}",
        '"sqlite://site.db"': f"is 'sqlite://site.db', which names no file; {URL}",
        '"postgresql://[/x"': f"is 'postgresql://[/x'; {URL}",
        '"mysql://me:secret@host/x"': f"is 'mysql://me:***@host/x'; {URL}",
        '"mysql://me:se/c@ret@host/x"': f"is 'mysql://me:***@host/x'; {URL}",
        '"mysql://host/x?password=secret&a=1"': f"is 'mysql://host/x?password=***&a=1'; {URL}",
        '"me:secret@host/x"': f"is 'me:***@host/x'; {URL}",
    },
    "scanner.name": {
        '"left/right"': "is 'left/right'; allowed is text of 1 to 24 characters without /",
        '""': "is ''; allowed is text of 1 to 24 characters without /",
        f'"{"x" * 25}"': "is longer than 24 characters; allowed is text of 1 to 24 characters without /",
    },
    "scanner.port": {
        "4001": f"is 4001; {PORT}",
        '"socket://host"': f"is 'socket://host'; {PORT}",
        '"socket://host:no"': f"is 'socket://host:no'; {PORT}",
        '"socket://:4001"': f"is 'socket://:4001'; {PORT}",
        '"http://host:80"': f"is 'http://host:80'; {PORT}",
        '" /dev/ttyACM0"': f"is ' /dev/ttyACM0'; {PORT}",
    },
    "scanner.vid": {"0x0c2e": f"is 3118; {VID}", '"c2e"': f"is 'c2e'; {VID}", '"0c2g"': f"is '0c2g'; {VID}"},
    "scanner.pid": {'"12345"': """is '12345'; allowed is four hexadecimal digits in quotes, such as "0b61\""""},
    "scanner.serial": {"1234": "is 1234; allowed is text of up to 128 characters"},
    "scanner.location": {'"usb1"': """is 'usb1'; allowed is a place on the USB tree, such as "1-1.2\""""},
    "scanner.link": {
        '"/dev/serial/by-id/x"': "is '/dev/serial/by-id/x'; allowed is text of up to 255 characters without /"
    },
    "scanner.baud": {
        '"fast"': "is 'fast'; allowed is a whole number from 300 to 921600",
        "299": "is 299; allowed is a whole number from 300 to 921600",
        "921601": "is 921601; allowed is a whole number from 300 to 921600",
        "9600.0": "is 9600.0; allowed is a whole number from 300 to 921600",
        "true": "is true; allowed is a whole number from 300 to 921600",
        f"0x{'f' * 4_000}": "is a number of very many digits; allowed is a whole number from 300 to 921600",
    },
    "scanner.bits": {"9": "is 9; allowed is 7 or 8", '"8"': "is '8'; allowed is 7 or 8"},
    "scanner.parity": {'"even"': """is 'even'; allowed is "N", "E", "O", "M" or "S\""""},
    "scanner.stop": {"true": "is true; allowed is 1, 1.5 or 2", "3": "is 3; allowed is 1, 1.5 or 2"},
    "scanner.framing": {'"cr"': """is 'cr'; allowed is "line", "tab", "stx-etx", "idle" or "ssi\""""},
    "scanner.prefix": {
        f'"{"x" * 17}"': f"is longer than 16 characters; {MARK}",
        r"'\x0'": rf"is '\x'; {MARK}",
        r"'a\q'": rf"is '\q'; {MARK}",
        "'a\\'": rf"is '\'; {MARK}",
        r"'\x00'": rf"is '\x00'; {MARK}",
        r'"\u0011"': f"is '\x11'; {MARK}",
        r"'\n'": rf"is '\n'; {MARK}",
        '"\u20ac"': f"is '\u20ac'; {MARK}",
        "2": f"is 2; {MARK}",
    },
    "scanner.gs": {'"F"': f"is 'F'; {GS_MARK}", '"0"': f"is '0'; {GS_MARK}"},
    "scanner.guns": {
        '"left"': f"is 'left'; {GUNS}",
        '{"" = "left"}': "has the gun '': name it by 1 to 16 characters of its base",
        '{"01" = ""}': "has the gun '01' whose name is ''; allowed is text of 1 to 24 characters without /",
        '{"01" = 1}': "has the gun '01' whose name is 1; allowed is text of 1 to 24 characters without /",
        '{"0" = "left", "01" = "right"}': "has the guns '0' and '01': none may begin like another",
        '{"01" = "left", "02" = "left"}': "gives one name to two guns: give each its own",
        r'{"\u0007" = "left"}': f"holds a forbidden character (control character 07); {GUNS}",
    },
    "scanner.idle_ms": {"9": "is 9; allowed is a whole number from 10 to 2000"},
    "scanner.stale_ms": {"10001": "is 10001; allowed is a whole number from 50 to 10000"},
    "scanner.max_frame": {"63": "is 63; allowed is a whole number from 64 to 65536"},
    "scanner.feedback": {
        '"loud"': f"is 'loud', which is no profile; there are {', '.join(sorted([*PROFILES, 'acme']))}",
        "1": "is 1; allowed is text of 1 to 24 characters",
    },
    "scanner.bounce_ms": {"-1": "is -1; allowed is a whole number from 0 to 5000"},
    "feedback.acme.based_on": {
        '"loud"': f"is 'loud', which the program does not have; there are {', '.join(sorted(PROFILES))}",
        '"acme"': f"is 'acme', which the program does not have; there are {', '.join(sorted(PROFILES))}",
    },
    "feedback.acme.good": {
        "7": f"is 7; {TONE}",
        '"7"': f"is '7'; {TONE}",
        '"BEL"': f"is 'BEL'; {TONE}",
        f'"{"07" * 65}"': f"is '{'07' * 30}...'; {TONE}",
    },
    "feedback.acme.bad": {
        "[7]": f"is a list; {TONE}",
        '"06"': "is '06': ACK and NAK answer for the line and are no sound; name another",
        '"15"': "is '15': ACK and NAK answer for the line and are no sound; name another",
    },
    "feedback.acme.attention": {"{}": f"is a table; {TONE}"},
    "feedback.acme.tick": {"2026-01-01": f"is a date or a time; {TONE}"},
    "feedback.acme.trigger_off": {'"0x07"': f"is '0x07'; {TONE}"},
    "feedback.acme.trigger_on": {"false": f"is false; {TONE}"},
    "wedge.enabled": {'"yes"': "is 'yes'; allowed is true or false", "1": "is 1; allowed is true or false"},
    "wedge.prefix": {f'"{"x" * 17}"': f"is longer than 16 characters; {MARK}"},
    "wedge.gs": {'"a"': f"is 'a'; {GS_MARK}"},
    "wedge.gap_ms": {"4": "is 4; allowed is a whole number from 5 to 200"},
    "wedge.end_ms": {"9": "is 9; allowed is a whole number from 10 to 1000"},
    "wedge.least": {"1": "is 1; allowed is a whole number from 2 to 20"},
    "wedge.bounce_ms": {"5001": "is 5001; allowed is a whole number from 0 to 5000"},
    "scale.port": {
        '"socket://host"': f"is 'socket://host'; {SCALE}",
        '"http://host:80"': f"is 'http://host:80'; {SCALE}",
    },
    "scale.protocol": {
        '"mettler"': """is 'mettler'; allowed is "sics", "and", "and-continuous", "cas", "dini-argeo" or "toledo\"""",
        "1": """is 1; allowed is "sics", "and", "and-continuous", "cas", "dini-argeo" or "toledo\"""",
    },
    "scale.baud": {"299": "is 299; allowed is a whole number from 300 to 921600"},
    "scale.bits": {"9": "is 9; allowed is 7 or 8"},
    "scale.parity": {'"even"': """is 'even'; allowed is "N", "E", "O", "M" or "S\""""},
    "scale.stop": {"3": "is 3; allowed is 1, 1.5 or 2"},
    "scale.timeout_s": {
        "0.4": "is 0.4; allowed is a number from 0.5 to 10",
        "11": "is 11; allowed is a number from 0.5 to 10",
    },
    "printer.url": {
        '"socket://host"': f"is 'socket://host'; {PRINTER}",
        '"rfc2217://host:1"': f"is 'rfc2217://host:1'; {PRINTER}",
    },
    "printer.dpi": {"200": "is 200; allowed is 203 or 300"},
    "printer.width_mm": {"39": "is 39; allowed is a whole number from 40 to 220"},
    "printer.height_mm": {"301": "is 301; allowed is a whole number from 20 to 300"},
    "labels.company_prefix": {
        "4012345": f"is 4012345; {PREFIX}",
        '"401"': f"is '401'; {PREFIX}",
        '"4012345678901"': f"is '4012345678901'; {PREFIX}",
        '"\u0664\u0660\u0661\u0662"': f"is '\u0664\u0660\u0661\u0662'; {PREFIX}",
    },
    "labels.extension": {
        "10": "is 10; allowed is a whole number from 0 to 9",
        "true": "is true; allowed is a whole number from 0 to 9",
    },
    "limits.patience_s": {
        "0.4": "is 0.4; allowed is a number from 0.5 to 60",
        "nan": "is nan; allowed is a number from 0.5 to 60",
        "inf": "is inf; allowed is a number from 0.5 to 60",
        "true": "is true; allowed is a number from 0.5 to 60",
    },
    "limits.latch": {"0": "is 0; allowed is true or false"},
    "limits.latch_pause_ms": {"10001": "is 10001; allowed is a whole number from 0 to 10000"},
}
