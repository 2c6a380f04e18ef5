#!/usr/bin/env python3
"""Drives a running `labelwright serve` through every operation of the annotations page with the vendor's own client.

    drive.py BASE_URL      keys: alice=TESTPAT (owner of alice/demo), bob=BOBPAT, carol=CAROLPAT

Each check prints one line; exit code 1 if any failed.
"""
import base64
import struct
import sys
import traceback
import zlib

from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2 as r
from clarifai_grpc.grpc.api import service_pb2 as s
from clarifai_grpc.grpc.api import service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2 as c
from google.protobuf import struct_pb2
import requests

BASE = sys.argv[1]
STUB = service_pb2_grpc.V2Stub(ClarifaiChannel.get_json_channel(base_url=BASE))
APP = r.UserAppIDSet(user_id="alice", app_id="demo")


def key(name):
    return (("authorization", "Key " + name),)


ALICE, BOB, CAROL = key("TESTPAT"), key("BOBPAT"), key("CAROLPAT")
FAILED = []
NUMBER = 0


def check(name):
    def run(test):
        global NUMBER
        NUMBER += 1
        try:
            test()
            print("ok   ", name)
        except Exception:  # one failed check must not hide the others
            FAILED.append(name)
            print("FAIL ", name)
            traceback.print_exc()
        return test

    return run


def png(width, height):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + b"\x80" * (3 * width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def concept(id, value=1.0):
    return r.Concept(id=id, value=value)


def box(top, left, bottom, right):
    return r.RegionInfo(bounding_box=r.BoundingBox(top_row=top, left_col=left, bottom_row=bottom, right_col=right))


def region(info, *concepts, **more):
    return r.Region(region_info=info, data=r.Data(concepts=concepts), **more)


def post(*annotations, who=ALICE, expect=c.SUCCESS, app=APP):
    response = STUB.PostAnnotations(s.PostAnnotationsRequest(user_app_id=app, annotations=annotations), metadata=who)
    assert response.status.code == expect, response
    return response.annotations


def patch(action, *annotations, who=ALICE, expect=c.SUCCESS, **more):
    request = s.PatchAnnotationsRequest(user_app_id=APP, annotations=annotations, action=action, **more)
    response = STUB.PatchAnnotations(request, metadata=who)
    assert response.status.code == expect, response
    return response.annotations


def listed(who=ALICE, **query):
    query.setdefault("per_page", 1000)
    response = STUB.ListAnnotations(s.ListAnnotationsRequest(user_app_id=APP, **query), metadata=who)
    assert response.status.code == c.SUCCESS, response
    return [a for a in response.annotations if not a.input_level]


def get(input_id, id):
    request = s.GetAnnotationRequest(user_app_id=APP, input_id=input_id, annotation_id=id)
    return STUB.GetAnnotation(request, metadata=ALICE)


def ids(annotations):
    return [a.id for a in annotations]


def new_input(id, **image):
    image = image or {"base64": png(4, 3)}
    request = s.PostInputsRequest(user_app_id=APP, inputs=[r.Input(id=id, data=r.Data(image=r.Image(**image)))])
    response = STUB.PostInputs(request, metadata=ALICE)
    assert response.status.code == c.SUCCESS, response
    return response.inputs[0]


@check("inputs: post bytes, get, list, count, hosted bytes")
def _():
    made = new_input("in1")
    assert (made.data.image.image_info.width, made.data.image.image_info.height) == (4, 3), made
    assert made.status.code == c.INPUT_SUCCESS
    got = STUB.GetInput(s.GetInputRequest(user_app_id=APP, input_id="in1"), metadata=ALICE).input
    hosted = got.data.image.hosted
    url = "/".join([hosted.prefix, "orig", hosted.suffix])
    assert "orig" in hosted.sizes and requests.get(url).content == png(4, 3), url
    new_input("in2", url="https://example.com/two.jpg")
    response = STUB.ListInputs(s.ListInputsRequest(user_app_id=APP, page=1, per_page=10), metadata=ALICE)
    assert [i.id for i in response.inputs] == ["in1", "in2"], response
    count = STUB.GetInputCount(s.GetInputCountRequest(user_app_id=APP), metadata=ALICE)
    assert count.counts.processed == 2, count


@check("image-level concepts, positive and negative")
def _():
    post(r.Annotation(id="c1", input_id="in1", data=r.Data(concepts=[concept("tree"), concept("water", 0)]),
                      embed_model_version_id="emv"))
    got = get("in1", "c1").annotation
    assert [(x.id, x.value) for x in got.data.concepts] == [("tree", 1.0), ("water", 0.0)], got
    assert got.status.code == c.ANNOTATION_SUCCESS and got.worker.user.id == "alice" and got.user_id == "alice", got
    assert got.created_at.seconds > 0 and got.modified_at.seconds > 0, got


@check("two boxes, one at the origin (zeros are left out), several concepts")
def _():
    post(r.Annotation(id="b1", input_id="in1",
                      data=r.Data(regions=[region(box(0, 0, 0.5, 0.5), concept("tree"), concept("water", 0))])),
         r.Annotation(id="b2", input_id="in1", data=r.Data(regions=[region(box(0.6, 0.6, 0.8, 0.8), concept("bike"))])))
    got = get("in1", "b1").annotation.data.regions[0]
    edges = got.region_info.bounding_box
    assert (edges.top_row, edges.left_col, edges.bottom_row, edges.right_col) == (0, 0, 0.5, 0.5), got
    assert len(got.data.concepts) == 2 and got.id, got


@check("polygon, with a vertex at the origin; the page's odd sample too")
def _():
    points = [r.Point(), r.Point(col=0.5), r.Point(row=0.5, col=0.5), r.Point(row=0.1234567)]
    odd = [r.Point(row=0.3), r.Point(col=0.5), r.Point(z=0.5)]
    post(r.Annotation(id="p1", input_id="in1",
                      data=r.Data(regions=[region(r.RegionInfo(polygon=r.Polygon(points=points)), concept("cup"))])),
         r.Annotation(id="p2", input_id="in1",
                      data=r.Data(regions=[region(r.RegionInfo(polygon=r.Polygon(points=odd)), concept("cup"))])))
    assert list(get("in1", "p1").annotation.data.regions[0].region_info.polygon.points) == points
    assert list(get("in1", "p2").annotation.data.regions[0].region_info.polygon.points) == odd


@check("points, keypoints, masks, spans, time segments come back as sent")
def _():
    kinds = {
        "point": r.RegionInfo(point=r.Point(row=0.25, col=0.75, visibility=r.Point.Visibility.VISIBLE)),
        "keys": r.RegionInfo(bounding_box=box(0.1, 0.1, 0.9, 0.9).bounding_box, keypoint_locations=[
            r.Point(row=0.2, col=0.2, visibility=r.Point.Visibility.VISIBLE),
            r.Point(visibility=r.Point.Visibility.NOT_PRESENT)]),
        "mask": r.RegionInfo(mask=r.Mask(image=r.Image(base64=png(2, 2)))),
        "span": r.RegionInfo(span=r.Span(char_start=0, char_end=5, raw_text="hello")),
    }
    for id, info in kinds.items():
        post(r.Annotation(id=id, input_id="in1", data=r.Data(regions=[region(info, concept("x"), track_id="t")])))
        got = get("in1", id).annotation.data.regions[0]
        assert got.region_info == info and got.track_id == "t", (id, got)
    segment = r.TimeSegment(id="ts1", data=r.Data(concepts=[concept("goal")]),
                            time_info=r.TimeInfo(num_frames=30, begin_time=0, end_time=1.5))
    post(r.Annotation(id="segment", input_id="in1", data=r.Data(time_segments=[segment])))
    assert get("in1", "segment").annotation.data.time_segments[0] == segment


@check("a model's detection, and a label on its region by id")
def _():
    worker = r.Worker(model=r.Model(id="detector", model_version=r.ModelVersion(id="mv1")))
    made = post(r.Annotation(id="m1", input_id="in1", worker=worker, status={"code": c.ANNOTATION_AWAITING_REVIEW},
                             data=r.Data(regions=[region(box(0.1, 0.2, 0.3, 0.4), concept("animal", 0.75), value=0.5)])))
    there = made[0].data.regions[0].id
    label = r.Region(id=there, data=r.Data(concepts=[concept("cat"), concept("dog", 0)]))
    got = post(r.Annotation(id="m1label", input_id="in1", data=r.Data(regions=[label])), who=BOB)[0]
    assert got.data.regions[0].region_info == box(0.1, 0.2, 0.3, 0.4), got
    assert got.worker.user.id == "bob", got


@check("assign to another user: the owner may, a collaborator may not")
def _():
    request = r.Annotation(id="task1", input_id="in2", user_id="bob", status={"code": c.ANNOTATION_PENDING})
    got = post(request)[0]
    assert got.user_id == "bob" and got.status.code == c.ANNOTATION_PENDING, got
    request.id = "task2"
    request.user_id = "carol"
    refused = post(request, who=BOB, expect=c.FAILURE)[0]
    assert refused.status.code == c.ANNOTATION_PERMISSION_DENIED, refused
    refused = post(r.Annotation(input_id="in2", worker=r.Worker(user=r.User(id="carol"))), who=BOB, expect=c.FAILURE)
    assert refused[0].status.code == c.ANNOTATION_PERMISSION_DENIED, refused


@check("list: users', all, by inputs, by pairs, by users, by models, paged")
def _():
    users = ids(listed())
    assert "m1" not in users and "c1" in users and "m1label" in users, users
    everyone = ids(listed(list_all_annotations=True))
    assert set(everyone) == set(users) | {"m1"}, everyone
    assert ids(listed(input_ids=["in2"])) == ["task1"]
    assert ids(listed(input_ids=["in1", "in2", "in1"], ids=["m1", "task1", "c1"])) == ["c1", "m1", "task1"]
    assert ids(listed(user_ids=["bob"])) == ["m1label", "task1"]
    assert ids(listed(model_version_ids=["mv1"])) == ["m1"]
    turned, page = [], 1
    while True:
        request = s.ListAnnotationsRequest(user_app_id=APP, page=page, per_page=3)
        found = STUB.ListAnnotations(request, metadata=ALICE).annotations
        if not found:
            break
        turned += [a.id for a in found if not a.input_level]
        page += 1
    assert turned == users, (turned, users)
    default = STUB.ListAnnotations(s.ListAnnotationsRequest(user_app_id=APP), metadata=ALICE).annotations
    assert len(default) <= 20, len(default)
    wrong = s.ListAnnotationsRequest(user_app_id=APP, ids=["c1"])
    assert STUB.ListAnnotations(wrong, metadata=ALICE).status.code == c.CONN_INVALID_REQUEST
    assert [w.user.id or w.model.model_version.id for w in STUB.ListAnnotationWorkers(
        s.ListAnnotationWorkersRequest(user_app_id=APP), metadata=ALICE).workers] == ["alice", "mv1", "bob"]


@check("search by status, concept, worker, region type, and all but")
def _():
    def search(negate=False, **wanted):
        query = r.Query(filters=[r.Filter(annotation=r.Annotation(**wanted), negate=negate)])
        request = s.PostAnnotationsSearchesRequest(user_app_id=APP, searches=[r.Search(query=query)],
                                                   pagination=s.Pagination(page=1, per_page=100))
        response = STUB.PostAnnotationsSearches(request, metadata=ALICE)
        assert response.status.code == c.SUCCESS, response
        return [h.annotation.id for h in response.hits if not h.annotation.input_level]

    assert search(status={"code": c.ANNOTATION_AWAITING_REVIEW}) == ["m1"]
    assert search(data=r.Data(concepts=[concept("bike")])) == ["b2"]
    assert search(data=r.Data(concepts=[concept("water", 0)])) == ["c1", "b1"]
    assert search(worker=r.Worker(user=r.User(id="bob"))) == ["m1label", "task1"]
    assert search(user_id="bob") == ["m1label", "task1"]
    polygons = r.Data(regions=[r.Region(region_info=r.RegionInfo(polygon=r.Polygon()))])
    assert search(data=polygons) == ["p1", "p2"]
    assert search(data=r.Data()) == ["c1", "task1"]
    assert "b2" not in search(negate=True, data=r.Data(concepts=[concept("bike")]))


@check("patch merge: concepts, concepts in a region, status")
def _():
    got = patch("merge", r.Annotation(id="c1", input_id="in1", data=r.Data(concepts=[concept("apple"), concept("tree", 0)])))[0]
    assert [(x.id, x.value) for x in got.data.concepts] == [("tree", 0), ("water", 0), ("apple", 1)], got
    there = get("in1", "b1").annotation.data.regions[0].id
    label = r.Region(id=there, data=r.Data(concepts=[concept("apple")]))
    got = patch("merge", r.Annotation(id="b1", input_id="in1", data=r.Data(regions=[label])))[0]
    assert [x.id for x in got.data.regions[0].data.concepts] == ["tree", "water", "apple"], got
    assert got.data.regions[0].region_info.bounding_box.right_col == 0.5 and got.data.regions[0].id == there, got
    got = patch("merge", r.Annotation(id="m1", input_id="in1", status={"code": c.ANNOTATION_SUCCESS}), who=BOB)[0]
    assert got.status.code == c.ANNOTATION_SUCCESS and got.data.regions[0].data.concepts[0].value == 0.75, got
    second = r.Annotation(id="b1", input_id="in1", data=r.Data(regions=[region(box(0, 0, 1, 1))]))
    refused = patch("merge", second, expect=c.FAILURE)[0]
    assert refused.status.code == c.ANNOTATION_INVALID_ARGUMENT, refused


@check("patch overwrite: coordinates, everything to keep is sent; the status survives")
def _():
    patch("merge", r.Annotation(id="b2", input_id="in1", status={"code": c.ANNOTATION_PENDING}))
    old = get("in1", "b2").annotation.data.regions[0].id
    new = r.Data(regions=[region(box(0.5, 0.5, 0.8, 0.8), concept("bike"))])
    got = patch("overwrite", r.Annotation(id="b2", input_id="in1", data=new))[0]
    assert got.data.regions[0].region_info == box(0.5, 0.5, 0.8, 0.8), got
    assert got.data.regions[0].id not in ("", old) and got.status.code == c.ANNOTATION_PENDING, got


@check("patch remove: concepts, and the annotation when nothing is left")
def _():
    got = patch("remove", r.Annotation(id="c1", input_id="in1", data=r.Data(concepts=[concept("apple", 0)])))[0]
    assert [x.id for x in got.data.concepts] == ["tree", "water"], got
    rest = r.Data(concepts=[concept("tree", 0), concept("water", 0)])
    patch("remove", r.Annotation(id="c1", input_id="in1", data=rest), delete_if_empty_data=True)
    assert get("in1", "c1").status.code == c.CONN_DOES_NOT_EXIST


@check("patch: a collaborator may not change another's; unknown ids and actions")
def _():
    change = r.Annotation(id="b1", input_id="in1", status={"code": c.ANNOTATION_PENDING})
    assert patch("merge", change, who=BOB, expect=c.FAILURE)[0].status.code == c.ANNOTATION_PERMISSION_DENIED
    change.id = "gone"
    assert patch("merge", change, expect=c.FAILURE)[0].status.code == c.CONN_DOES_NOT_EXIST
    patch("obliterate", change, expect=c.CONN_INVALID_REQUEST)


@check("video frames, also frame 0")
def _():
    request = s.PostInputsRequest(user_app_id=APP, inputs=[
        r.Input(id="vid", data=r.Data(video=r.Video(url="https://example.com/v.mp4")))])
    assert STUB.PostInputs(request, metadata=ALICE).status.code == c.SUCCESS
    frame = r.Frame(frame_info=r.FrameInfo(time=1500, number=45),
                    data=r.Data(regions=[region(box(0, 0, 0.5, 0.5), concept("car"), track_id="trk1")]))
    zero = r.Frame(frame_info=r.FrameInfo(), data=r.Data(concepts=[concept("car")]))
    post(r.Annotation(id="f45", input_id="vid", data=r.Data(frames=[frame])),
         r.Annotation(id="f0", input_id="vid", data=r.Data(frames=[zero])))
    got = get("vid", "f45").annotation.data.frames[0]
    assert (got.frame_info.time, got.frame_info.number) == (1500, 45) and got.data.regions[0].track_id == "trk1", got
    got = get("vid", "f0").annotation.data.frames[0]
    assert got.HasField("frame_info") and got.frame_info.number == 0, got
    refused = post(r.Annotation(input_id="vid", data=r.Data(frames=[frame, zero])), expect=c.FAILURE)
    assert refused[0].status.code == c.ANNOTATION_INVALID_ARGUMENT


@check("batches: 128 go, 129 do not, bad items do not stop good ones")
def _():
    def many(count, prefix):
        return [r.Annotation(id=f"{prefix}{n}", input_id="in2", data=r.Data(
            regions=[region(box(0, 0, 0.5, (n + 1) / 200), concept("x"))])) for n in range(count)]

    assert len(post(*many(128, "batch"))) == 128
    post(*many(129, "toomany"), expect=c.CONN_INVALID_REQUEST)
    assert len([a for a in listed(input_ids=["in2"]) if a.id.startswith("toomany")]) == 0
    bad = r.Annotation(id="bad", input_id="in2", data=r.Data(regions=[region(box(0.9, 0, 0.1, 1))]))
    answer = post(r.Annotation(id="good", input_id="in2"), bad, expect=c.MIXED_STATUS)
    assert [a.status.code for a in answer] == [c.ANNOTATION_SUCCESS, c.ANNOTATION_INVALID_ARGUMENT], answer
    again = r.Annotation(id="good", input_id="in2")
    assert post(again)[0].id == "good", "the same again is a success"
    again.data.concepts.append(concept("x"))
    assert post(again, expect=c.FAILURE)[0].status.code == c.DATABASE_DUPLICATE_KEY


@check("delete: one (twice), pairs, all of inputs but the input-level ones")
def _():
    request = s.DeleteAnnotationRequest(user_app_id=APP, input_id="in1", annotation_id="p2")
    for _ in range(2):
        assert STUB.DeleteAnnotation(request, metadata=ALICE).status.code == c.SUCCESS
    assert get("in1", "p2").status.code == c.CONN_DOES_NOT_EXIST
    request = s.DeleteAnnotationsRequest(user_app_id=APP, input_ids=["in1", "in1", "in2"], ids=["p1", "point", "good"])
    refused = STUB.DeleteAnnotations(request, metadata=BOB)
    assert refused.status.code == c.ANNOTATION_PERMISSION_DENIED, refused
    assert STUB.DeleteAnnotations(request, metadata=ALICE).status.code == c.SUCCESS
    left = ids(listed())
    assert not {"p1", "point", "good"} & set(left) and "b1" in left, left
    request = s.DeleteAnnotationsRequest(user_app_id=APP, input_ids=["in2", "vid"])
    assert STUB.DeleteAnnotations(request, metadata=ALICE).status.code == c.SUCCESS
    found = STUB.ListAnnotations(s.ListAnnotationsRequest(user_app_id=APP, input_ids=["in2"]), metadata=ALICE)
    assert [a.input_level for a in found.annotations] == [True], found
    empty = STUB.DeleteAnnotations(s.DeleteAnnotationsRequest(user_app_id=APP), metadata=ALICE)
    assert empty.status.code == c.CONN_INVALID_REQUEST, empty


@check("short paths: user_app_id in the body, or nothing")
def _():
    for app in (None, r.UserAppIDSet(user_id="alice"), r.UserAppIDSet(app_id="demo")):
        post(r.Annotation(id="short", input_id="in1", data=r.Data(concepts=[concept("tree")])), app=app)
    request = s.GetAnnotationRequest(input_id="in1", annotation_id="short")
    assert STUB.GetAnnotation(request, metadata=ALICE).annotation.id == "short"
    assert STUB.DeleteAnnotation(s.DeleteAnnotationRequest(input_id="in1", annotation_id="short"),
                                 metadata=ALICE).status.code == c.SUCCESS
    assert STUB.DeleteAnnotations(s.DeleteAnnotationsRequest(input_ids=["in1"], ids=["short"]),
                                  metadata=ALICE).status.code == c.SUCCESS
    assert len(STUB.ListAnnotations(s.ListAnnotationsRequest(page=1, per_page=10), metadata=ALICE).annotations) > 0


@check("concepts: post, duplicate, get, list, search, patch")
def _():
    def add(name):
        request = s.PostConceptsRequest(user_app_id=APP, concepts=[r.Concept(id="cat1", name=name)])
        return STUB.PostConcepts(request, metadata=ALICE)

    assert add("Cat").status.code == c.SUCCESS and add("Cat").status.code == c.SUCCESS
    twice = add("Dog")
    assert twice.status.code == c.CONCEPTS_INVALID_REQUEST and "duplicate" in twice.status.details, twice
    got = STUB.GetConcept(s.GetConceptRequest(user_app_id=APP, concept_id="cat1"), metadata=ALICE)
    assert got.concept.name == "Cat", got
    names = [x.id for x in STUB.ListConcepts(s.ListConceptsRequest(user_app_id=APP, per_page=500), metadata=ALICE).concepts]
    assert {"tree", "bike", "cat1"} <= set(names), names
    query = r.ConceptQuery(name="ca*", language="en")
    request = s.PostConceptsSearchesRequest(user_app_id=APP, concept_query=query)
    found = [x.id for x in STUB.PostConceptsSearches(request, metadata=ALICE).concepts]
    assert "cat1" in found and "tree" not in found, found
    request = s.PatchConceptsRequest(user_app_id=APP, concepts=[r.Concept(id="cat1", name="Kitty")], action="overwrite")
    assert STUB.PatchConcepts(request, metadata=ALICE).concepts[0].name == "Kitty"


@check("inputs: patch, delete")
def _():
    meta = struct_pb2.Struct()
    meta.update({"k": "v"})
    request = s.PatchInputsRequest(user_app_id=APP, action="merge", inputs=[
        r.Input(id="in1", data=r.Data(metadata=meta, concepts=[concept("indoor")]))])
    got = STUB.PatchInputs(request, metadata=ALICE)
    assert got.status.code == c.SUCCESS and got.inputs[0].data.metadata["k"] == "v", got
    assert STUB.DeleteInput(s.DeleteInputRequest(user_app_id=APP, input_id="vid"), metadata=ALICE).status.code == c.SUCCESS
    assert STUB.GetInput(s.GetInputRequest(user_app_id=APP, input_id="vid"), metadata=ALICE).status.code == c.CONN_DOES_NOT_EXIST
    assert STUB.DeleteInputs(s.DeleteInputsRequest(user_app_id=APP, ids=["in2"]), metadata=ALICE).status.code == c.SUCCESS


@check("identity: me, scopes, apps, status codes")
def _():
    me = STUB.GetUser(s.GetUserRequest(user_app_id=r.UserAppIDSet(user_id="me")), metadata=BOB)
    assert me.user.id == "bob", me
    scopes = STUB.MyScopes(s.MyScopesRequest(user_app_id=APP), metadata=CAROL)
    assert "Annotations_Add" in scopes.scopes and "Annotations_Delete" not in scopes.scopes, scopes
    request = s.DeleteAnnotationRequest(user_app_id=APP, input_id="in1", annotation_id="b1")
    assert STUB.DeleteAnnotation(request, metadata=CAROL).status.code == c.CONN_INSUFFICIENT_SCOPES
    apps = STUB.ListApps(s.ListAppsRequest(user_app_id=r.UserAppIDSet(user_id="alice")), metadata=ALICE)
    assert [a.id for a in apps.apps] == ["demo"], apps
    assert STUB.GetApp(s.GetAppRequest(user_app_id=APP), metadata=ALICE).app.id == "demo"
    codes = STUB.ListStatusCodes(s.ListStatusCodesRequest(), metadata=ALICE)
    assert c.ANNOTATION_PENDING in [x.code for x in codes.statuses], codes
    code = STUB.GetStatusCode(s.GetStatusCodeRequest(status_code_id="24150"), metadata=ALICE)
    assert code.status.code == c.ANNOTATION_SUCCESS, code


@check("wrong keys, no such app")
def _():
    request = s.ListAnnotationsRequest(user_app_id=APP)
    assert STUB.ListAnnotations(request, metadata=key("WRONG")).status.code == c.CONN_KEY_NOT_FOUND
    request = s.ListAnnotationsRequest(user_app_id=r.UserAppIDSet(user_id="alice", app_id="other"))
    assert STUB.ListAnnotations(request, metadata=ALICE).status.code == c.CONN_DOES_NOT_EXIST


print(f"{NUMBER - len(FAILED)} of {NUMBER} checks passed")
sys.exit(1 if FAILED else 0)
