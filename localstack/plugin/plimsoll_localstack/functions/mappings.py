"""Event source mappings of queues: a batching window that gathers.

LocalStack asks its queue to wait for the whole window only where the window is longer than the 20
seconds that SQS allows; a shorter one ends with the first message. On AWS Lambda gathers until
the window ends or the batch is full, whatever its length.
"""

# The worker reads LocalStack's bound when it is imported, for its timeouts: it keeps it.
from localstack.services.lambda_.event_source_mapping import esm_worker_factory  # noqa: F401
from localstack.services.lambda_.event_source_mapping.pollers import sqs_poller

sqs_poller.DEFAULT_MAX_WAIT_TIME_SECONDS = 0
