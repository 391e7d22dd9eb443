"""Starts a DAG from a trigger of the platform. DAGs import it; it is beside them in the bucket.

The web server of the environment is private, so that nothing outside its VPC can start a run. A trigger therefore
sends a message to a queue of the DAG, and the DAG waits for it with an asset watcher:

    @dag(schedule=[triggered("deploy_model")], max_active_runs=1, catchup=False)
    def deploy_model():
        @task
        def deploy(triggering_asset_events=None):
            cause = cause_of(triggering_asset_events)

        deploy()
        start_waiting("deploy_model")

The watcher deletes a message before Airflow has stored the event of it: a message starts a run at most once, and none if
Airflow stops in between.
"""

from __future__ import annotations

import json

from airflow.configuration import conf
from airflow.providers.amazon.aws.triggers.sqs import SqsSensorTrigger
from airflow.exceptions import AirflowSkipException
from airflow.sdk import Asset, AssetWatcher, task

#: Seconds between two reads of an empty queue. Each read is a request that SQS bills.
POLL_SECONDS = 20
#: What a run has that a person started by hand, without a message.
BY_HAND = {"dag_id": "", "run_id": "", "cause": "manual", "started_by": "unknown", "conf": {}}


def queue_of(dag_id: str) -> str:
    """The address of the queue of a DAG: the environment knows the part that all its queues share."""
    return f"{conf.get('mlops', 'dag_queues')}{dag_id}.fifo"


def triggered(dag_id: str, poll_seconds: int = POLL_SECONDS) -> Asset:
    """What a DAG names in its schedule so that its trigger starts it."""
    # one message, one event, one run: a batch of messages would become one event, and start one run for all of them
    # with the role of the environment: without `None`, each read would first look for the connection aws_default
    trigger = SqsSensorTrigger(
        sqs_queue=queue_of(dag_id), aws_conn_id=None, max_messages=1, waiter_delay=poll_seconds
    )
    return Asset(name=f"trigger-{dag_id}", watchers=[AssetWatcher(name=f"trigger-{dag_id}", trigger=trigger)])


def messages_of(event) -> list[dict]:
    """The messages of an event of a watcher: one, and none in an event of another origin."""
    return (event.extra or {}).get("payload", {}).get("message_batch", [])


def causes_of(triggering_asset_events) -> list[dict]:
    """What the messages say that started a run, oldest first. It is empty for a run that a person started."""
    events = [event for found in (triggering_asset_events or {}).values() for event in found]
    return [
        {**BY_HAND, **json.loads(message["Body"])}
        for event in events
        for message in messages_of(event)
    ]


def cause_of(triggering_asset_events) -> dict:
    """What the newest message says that started a run: `cause`, `started_by`, `run_id` and `conf`."""
    return (causes_of(triggering_asset_events) or [BY_HAND])[-1]


def start_waiting(dag_id: str) -> None:
    """Adds a task to a DAG that lets messages start the next run which have started none.

    When Airflow 3.0 makes a run, it forgets the messages that came after the first one since the last run, as while that run was
    active: they would wait for the next message. The task tells Airflow of them again. Nothing depends on it,
    and it depends on nothing: what comes after the run was made starts the next one anyway.
    It is for DAGs with `max_active_runs=1`: beside another run, it could start one without a message.
    """
    asset = triggered(dag_id)

    @task(task_id="start_waiting", inlets=[asset], outlets=[asset], retries=3)
    def wake(inlet_events=None):
        waiting = [event for event in inlet_events[asset] if messages_of(event) and not event.created_dagruns]
        if not waiting:
            raise AirflowSkipException("no message waits")
        print(f"{len(waiting)} messages wait for a run")

    wake()
