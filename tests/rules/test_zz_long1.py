import sys; sys.path.insert(0,'/work/main/tests/rules')
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from random_floor import RandomFloor, build
from small_floor import FrozenFloor
import collections
COUNT=collections.Counter()
def test_long(tmp_path):
    frozen = FrozenFloor(tmp_path, build)
    class Walk(RandomFloor):
        def give(self,name,how,what):
            r=super().give(name,how,what); COUNT[r.template]+=1; return r
    Walk.start=staticmethod(frozen.thaw)
    try:
        run_state_machine_as_test(Walk, settings=settings(max_examples=250, stateful_step_count=50, phases=[Phase.generate], report_multiple_bugs=False, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck)))
    finally:
        print({k:v for k,v in COUNT.items() if k.startswith(('correct','held','hold','undone','undo_','count_','sent','teach','taught','unread'))})
