"""
Matches events with the matchers of both emulators, and prints their answers.

Argument: a file of JSON with a list of `[pattern, event]`. An event without a field of the envelope is given one that no pattern
names. An answer is true, false, or the error of a pattern that the emulator refuses.
"""

import json
import sys

from ministack.services import eventbridge
from moto.events.models import EventPattern

ENVELOPE = {
    'version': '0',
    'id': '7bf73129-1428-4cd3-a780-95db273d1602',
    'source': 'nobody',
    'account': '000000000000',
    'time': '2026-01-01T00:00:00Z',
    'region': 'nowhere',
    'resources': [],
    'detail-type': 'nothing',
    'detail': {},
}


def of_moto(pattern, event):
    return EventPattern.load(json.dumps(pattern)).matches_event(event)


def of_ministack(pattern, event):
    asked = {'EventPattern': json.dumps(pattern), 'Event': json.dumps({**ENVELOPE, **event})}
    status, _, body = eventbridge._test_event_pattern(asked)
    answer = json.loads(body)
    if status != 200:
        raise ValueError(answer.get('message', answer))
    return answer['Result']


def answer(matcher, pattern, event):
    try:
        return matcher(pattern, event)
    except Exception as error:
        return f'{type(error).__name__}: {error}'


pairs = json.load(open(sys.argv[1]))
print(json.dumps([{'moto': answer(of_moto, *pair), 'ministack': answer(of_ministack, *pair)} for pair in pairs]))
