"""Lambda functions as plain processes: `LAMBDA_RUNTIME_EXECUTOR=process` chooses them.

A function is a zip with an executable `bootstrap` (the runtimes `provided.*`); it asks for its
invocations over the Lambda Runtime API, which is served here on a loopback port of its own.
"""
