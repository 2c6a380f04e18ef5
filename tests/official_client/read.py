#!/usr/bin/env python3
"""Reads all annotations of alice/demo with the vendor's own client, as JSON, one a line.

    read.py BASE_URL KEY
"""
import json
import sys

from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2 as r
from clarifai_grpc.grpc.api import service_pb2 as s
from clarifai_grpc.grpc.api import service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2 as c
from google.protobuf.json_format import MessageToDict

BASE, KEY = sys.argv[1:]
STUB = service_pb2_grpc.V2Stub(ClarifaiChannel.get_json_channel(base_url=BASE))
APP = r.UserAppIDSet(user_id="alice", app_id="demo")
PER_PAGE = 100

page = 1
while True:
    request = s.ListAnnotationsRequest(user_app_id=APP, list_all_annotations=True, page=page, per_page=PER_PAGE)
    response = STUB.ListAnnotations(request, metadata=(("authorization", "Key " + KEY),))
    assert response.status.code == c.SUCCESS, response
    for annotation in response.annotations:
        if not annotation.input_level:
            print(json.dumps(MessageToDict(annotation, preserving_proto_field_name=True)))
    if len(response.annotations) < PER_PAGE:
        break
    page += 1
