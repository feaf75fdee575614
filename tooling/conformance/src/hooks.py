"""What schemathesis has to be told about the answers of the platform."""

import json

import schemathesis


@schemathesis.deserializer("application/x-ndjson")
def lines_of(ctx, response):
    """Every line of a stream, as an array."""
    return [json.loads(line) for line in response.content.decode("utf-8").splitlines()]
