"""Runs a real Airflow with what is rendered for MWAA: PostgreSQL, an emulated SQS, and Airflow's four programs on loopback.

Reads a plan as JSON from the file that is its argument, and prints what happened as JSON. Every program that it starts ends with it.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import psycopg2

PLAN = json.loads(Path(sys.argv[1]).read_text())
SECONDS = 240
NOBODY = 65534
PROGRAMS = ("api-server", "scheduler", "dag-processor", "triggerer")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what: str, probe, seconds: int = SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, psycopg2.Error):
            found = probe()
            if found:
                return found
        time.sleep(0.3)
    raise TimeoutError(f"{what} did not happen within {seconds} seconds")


def is_open(port: int):
    def probe() -> bool:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True

    return probe


class Programs:
    """The started programs; each has a log."""

    def __init__(self, home: Path):
        self.home = home
        self.running: list[subprocess.Popen] = []

    def start(self, name: str, *command: str, **options) -> None:
        log = (self.home / f"{name}.log").open("w")
        self.running.append(
            subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **options)
        )

    def stop(self) -> None:
        for one in reversed(self.running):
            one.terminate()
        for one in reversed(self.running):
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, 9)


def start_database(programs: Programs, home: Path) -> int:
    port, data = free_port(), home / "database"
    data.mkdir(mode=0o700)
    as_user = {}
    if os.getuid() == 0:  # PostgreSQL refuses root
        os.chown(data, NOBODY, NOBODY)
        as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    init = ["initdb", "-D", str(data), "-U", "airflow", "--auth=trust", "-N"]
    subprocess.run(init, check=True, capture_output=True, env=environment, cwd=data, **as_user)
    settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", f"port={port}"]
    flags = [part for setting in settings for part in ("-c", setting)]
    programs.start("postgres", "postgres", "-D", str(data), *flags, env=environment, cwd=data, **as_user)
    return port


def airflow_environment(home: Path, database: int, api: int, emulator: int) -> dict[str, str]:
    rendered = {
        "AIRFLOW__" + "__".join(key.split(".", 1)).upper(): value for key, value in PLAN["options"].items()
    }
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://airflow@127.0.0.1:{database}/postgres",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(48),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": PLAN["region"],
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
        **rendered,
    }


def judged(parsed: subprocess.CompletedProcess, dags: str) -> list:
    """The exit code, the warnings about files of ours, and the error; Airflow warns of itself, too."""
    warnings = [line for line in parsed.stderr.splitlines() if line.startswith(dags)]
    return [parsed.returncode, warnings, parsed.stderr if parsed.returncode else ""]


def main() -> dict:
    home = Path(tempfile.mkdtemp(prefix="airflow-e2e-"))
    os.chmod(home, 0o755)
    programs = Programs(home)
    times = {}
    begin = time.monotonic()

    def mark(what: str) -> None:
        times[what] = round(time.monotonic() - begin, 1)

    try:
        (home / "dags").mkdir()
        for name, text in PLAN["dags"].items():
            (home / "dags" / name).write_text(text)
        emulator, api = free_port(), free_port()
        programs.start("moto", PLAN["emulator"], "-m", "moto.server", "-H", "127.0.0.1", "-p", str(emulator))
        database = start_database(programs, home)
        env = airflow_environment(home, database, api, emulator)
        os.environ.update({key: value for key, value in env.items() if key.startswith("AWS_")})
        wait_for("the emulator", is_open(emulator))
        wait_for("the database", is_open(database))
        sqs = boto3.client("sqs")
        queue = sqs.create_queue(QueueName=PLAN["queue"]["name"], Attributes=PLAN["queue"]["attributes"])["QueueUrl"]
        mark("services")

        airflow = [sys.executable, "-m", "airflow"]

        def run(*command: str) -> subprocess.CompletedProcess:
            return subprocess.run(command, env=env, capture_output=True, text=True)

        migrated = run(*airflow, "db", "migrate")
        if migrated.returncode != 0:
            raise RuntimeError(migrated.stdout + migrated.stderr)
        mark("migrated")
        lint = run(*airflow, "config", "lint")
        parsed = {name: run(sys.executable, "-W", "default", str(home / "dags" / name)) for name in PLAN["dags"]}
        mark("checked")
        for name in PROGRAMS:
            programs.start(name, *airflow, name, env=env)

        def rows(statement: str) -> list:
            with psycopg2.connect(f"host=127.0.0.1 port={database} user=airflow dbname=postgres") as connection:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    return cursor.fetchall()

        wait_for("a watcher", lambda: rows("select 1 from asset_trigger"))
        mark("watching")
        sent = 0
        active = "select 1 from dag_run where state in ('queued', 'running')"
        # each message by the run that it has started
        told = """select r.dag_run_id, e.extra from dagrun_asset_event r join asset_event e on e.id = r.event_id
            where e.extra::text like '%message_batch%' order by r.dag_run_id, e.id"""
        for count, messages in enumerate(PLAN["batches"], 1):
            for body in messages:
                sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=PLAN["group"])
            sent += len(set(messages))
            wait_for(f"the runs of batch {count}", lambda: len(rows(told)) >= sent and not rows(active))
            mark(f"run {count}")
        logs = {str(path.relative_to(home)): path.read_text() for path in (home / "logs").rglob("attempt=*.log")}
        left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return {
            "runs": rows("select dag_id, run_type, state from dag_run order by id"),
            "told": rows(told),
            "importErrors": rows("select filename, stacktrace from import_error"),
            "warnings": rows("select dag_id, message from dag_warning"),
            "lint": [lint.returncode, lint.stdout, lint.stderr],
            "parsed": {name: judged(one, str(home / "dags")) for name, one in parsed.items()},
            "triggerer": (home / "triggerer.log").read_text(),
            "logs": logs,
            "left": int(left["ApproximateNumberOfMessages"]),
            "times": times,
        }
    except Exception:
        for log in sorted(home.glob("*.log")):
            print(f"== {log.name}\n{log.read_text()[-3000:]}", file=sys.stderr)
        raise
    finally:
        programs.stop()
        if "KEEP" not in os.environ:
            shutil.rmtree(home, ignore_errors=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that `finally` ends the programs
print(json.dumps(main(), default=str))
