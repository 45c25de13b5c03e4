"""One screen for each job, named as its flow."""
