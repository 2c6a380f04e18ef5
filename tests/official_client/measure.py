#!/usr/bin/env python3
"""How fast a server answers, asked by the vendor's own client and by one that only sends ready-made bytes.

    measure.py URL CALLS      a server with the app alice/demo and the key K (LABELWRIGHT_KEYS="alice=K")

Posts CALLS times 128 boxes and lists CALLS pages of 1000, one call after the other, both ways. Prints; asserts no times.
"""
import http.client
import json
import sys
import time
from urllib.parse import urlsplit

from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2, service_pb2, service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2

url, calls = sys.argv[1], int(sys.argv[2])
app = resources_pb2.UserAppIDSet(user_id="alice", app_id="demo")
base = "/v2/users/alice/apps/demo"
connection = http.client.HTTPConnection(urlsplit(url).netloc)


def raw(method, path, body=None, may_be_there=False):
    connection.request(method, base + path, body=body, headers={"Authorization": "Key K"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200 or may_be_there, (answer.status, text[:300])
    return text


def batch(prefix, call):
    """128 boxes on 128 images."""
    return {
        "annotations": [
            {
                "id": f"{prefix}{call * 128 + n:031x}",
                "input_id": f"in{n}",
                "data": {"regions": [{
                    "region_info": {"bounding_box": {
                        "top_row": 0.1, "left_col": 0.123456, "bottom_row": 0.5, "right_col": 0.75}},
                    "data": {"concepts": [{"id": f"c{n % 50}", "value": 1}]},
                }]},
            }
            for n in range(128)
        ]
    }


def timed(what, call, times):
    began = time.perf_counter()
    for n in range(times):
        call(n)
    secs = time.perf_counter() - began
    print(f"{what}: {times / secs:.1f} requests/s")


def done(answer):
    assert answer.status.code == status_code_pb2.SUCCESS, answer.status
    return answer


def message(n):
    request = service_pb2.PostAnnotationsRequest(user_app_id=app)
    for item in batch("b", n)["annotations"]:
        box = resources_pb2.BoundingBox(**item["data"]["regions"][0]["region_info"]["bounding_box"])
        concept = resources_pb2.Concept(id=item["data"]["regions"][0]["data"]["concepts"][0]["id"], value=1)
        region = resources_pb2.Region(
            region_info=resources_pb2.RegionInfo(bounding_box=box), data=resources_pb2.Data(concepts=[concept])
        )
        data = resources_pb2.Data(regions=[region])
        request.annotations.add(id=item["id"], input_id=item["input_id"], data=data)
    return request


inputs = [{"id": f"in{n}", "data": {"image": {"url": f"https://x.example/{n}.jpg"}}} for n in range(128)]
raw("POST", "/inputs", json.dumps({"inputs": inputs}), may_be_there=True)
bodies = [json.dumps(batch("a", n)) for n in range(calls)]
timed("ready-made bytes, POST of 128 boxes", lambda n: raw("POST", "/annotations", bodies[n]), calls)
page = "/annotations?list_all_annotations=true&per_page=1000&page="
pages = min(calls, calls * 128 // 1000)
timed("ready-made bytes, page of 1000", lambda n: raw("GET", f"{page}{n % pages + 1}"), calls)

stub = service_pb2_grpc.V2Stub(ClarifaiChannel.get_json_channel(base_url=url))
metadata = (("authorization", "Key K"),)
messages = [message(n) for n in range(calls)]
timed("official client, POST of 128 boxes", lambda n: done(stub.PostAnnotations(messages[n], metadata=metadata)), calls)


def listed(n):
    request = service_pb2.ListAnnotationsRequest(
        user_app_id=app, list_all_annotations=True, page=n % pages + 1, per_page=1000
    )
    assert len(done(stub.ListAnnotations(request, metadata=metadata)).annotations) == 1000


timed("official client, page of 1000", listed, calls)
