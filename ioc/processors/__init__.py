"""Processors: the pure fold over one partition of each input topic, without Kafka."""
