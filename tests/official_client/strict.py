#!/usr/bin/env python3
"""Parses recorded requests and answers strictly into the official protobuf messages.

    strict.py FILE      one JSON object a line: {"method", "path" (with query), "body" (text), "answer" (text)}

An unknown member, a wrong type, a bad enum name, a bad time, a number beyond float32 or a query parameter that the
gateway would not know is an error. Exit code 1 if there was any.
"""
import json
import re
import sys
from urllib.parse import parse_qsl, unquote, urlsplit

from clarifai_grpc.grpc.api import service_pb2
from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass

METHODS = list(service_pb2._V2.methods)


def bindings(method):
    for field, value in method.GetOptions().ListFields():
        if field.name == "http":
            for rule in [value, *value.additional_bindings]:
                for verb in ("get", "post", "put", "patch", "delete"):
                    if getattr(rule, verb):
                        yield verb.upper(), getattr(rule, verb)


def route(verb, path):
    """The method whose template fits with the most literal segments."""
    best = None
    for method in METHODS:
        for bound, template in bindings(method):
            pattern = "^" + re.sub(r"\\\{.*?\\\}", "([^/]+)", re.escape(template)) + "$"
            if bound == verb and re.match(pattern, path):
                literal = sum("{" not in part for part in template.split("/"))
                if best is None or literal > best[0]:
                    best = (literal, method)
    return best and best[1]


def parse(descriptor, text):
    json_format.Parse(text or "{}", GetMessageClass(descriptor)(), ignore_unknown_fields=False)


def query_errors(descriptor, query):
    for name, value in parse_qsl(query, keep_blank_values=True):
        message, field = descriptor, None
        for part in name.split("."):
            field = message.fields_by_name.get(part) if message else None
            if field is None:
                yield f"unknown query parameter {name}"
                break
            message = field.message_type
        if field is not None and message is not None:
            yield f"{name} is a message"
        if field is not None and field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64) and not value.isdigit():
            yield f"{name}={value} is no whole number"


bad = count = 0
kinds = set()
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    count += 1
    url = urlsplit(record["path"])
    method = route(record["method"], unquote(url.path))
    errors = []
    if method is None:
        errors.append("no method of the API has this path")
    else:
        kinds.add(method.name)
        errors += query_errors(method.input_type, url.query)
        for what, descriptor in (("body", method.input_type), ("answer", method.output_type)):
            try:
                parse(descriptor, record[what])
            except Exception as error:
                errors.append(f"{what}: {error}")
    for error in errors:
        bad += 1
        print(record["method"], record["path"], error)
print(f"{count} requests and answers of {len(kinds)} methods parsed strictly, {bad} errors: {', '.join(sorted(kinds))}")
sys.exit(1 if bad or not count else 0)
