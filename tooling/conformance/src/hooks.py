"""schemathesis validates a response as one JSON value; a stream has one in each line."""

import json

import schemathesis

NDJSON = "application/x-ndjson"


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Describes each stream as the array of its lines."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                media = response.get("content", {}).get(NDJSON)
                if media is not None:
                    line = media.get("x-item-schema", media["schema"])
                    media["schema"] = {"type": "array", "items": line}


@schemathesis.deserializer(NDJSON)
def parse_lines(ctx, response):
    return [json.loads(line) for line in response.content.decode("utf-8").splitlines()]
