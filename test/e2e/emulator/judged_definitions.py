"""Has definitions of state machines judged, and prints the result and the messages of each."""

import json

import boto3

states = boto3.client("stepfunctions")
GOOD = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
UNKNOWN = {"StartAt": "End", "States": {"End": {"Type": "Stop"}}}


def judge(definition):
    answer = states.validate_state_machine_definition(definition=definition)
    return [answer["result"], *(one["message"] for one in answer["diagnostics"])]


print(json.dumps([judge(json.dumps(GOOD)), judge(json.dumps(UNKNOWN)), judge("{")]))
