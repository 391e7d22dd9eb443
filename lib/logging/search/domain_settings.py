"""Settings of a domain that no call of AWS has: who writes and reads, how logs are indexed, and when they are deleted. Asked
for by Terraform at each change, from inside the VPC, in the name of the domain's administrator."""

import json
import os
import time
import urllib.error
import urllib.request

INDEX = "logs"
WRITER = "log_writer"
READER = "log_reader"
POLICY = "log_retention"
# what takes longer is in the slow log
SLOW = "10s"
# a role that was made just now is unknown to the domain for some seconds
PATIENCE = (5, 10, 20, 40, 60)


class Refused(Exception):
    """The domain did not take a setting."""

    def __init__(self, method, path, status, text):
        super().__init__(f"{method} {path}: {status} {text[:500]}")
        self.status = status


def settings(request):
    """The calls that put the settings, each with its body."""
    pattern = f"{INDEX}-*"
    writer = {
        # what Firehose asks of a role (Firehose guide, "Grant access to an OpenSearch Service destination")
        "cluster_permissions": ["cluster_composite_ops", "cluster_monitor"],
        "index_permissions": [{"index_patterns": [pattern], "allowed_actions": ["crud", "create_index", "manage"]}],
    }
    reader = {
        "cluster_permissions": ["cluster_composite_ops_ro"],
        "index_permissions": [{"index_patterns": [pattern], "allowed_actions": ["read", "indices_monitor"]}],
        "tenant_permissions": [{"tenant_patterns": ["global_tenant"], "allowed_actions": ["kibana_all_read"]}],
    }
    roles = "/_plugins/_security/api/roles"
    mapping = "/_plugins/_security/api/rolesmapping"
    administrators = [request["administrator"], *request["administrators"]]
    return [
        ("PUT", f"{roles}/{WRITER}", writer),
        ("PUT", f"{roles}/{READER}", reader),
        ("PUT", f"{mapping}/{WRITER}", {"backend_roles": request["writers"]}),
        ("PUT", f"{mapping}/{READER}", {"backend_roles": request["readers"]}),
        # dashboards need this role of everybody who opens them
        ("PUT", f"{mapping}/kibana_user", {"backend_roles": [*request["readers"], *request["administrators"]]}),
        ("PUT", f"{mapping}/all_access", {"backend_roles": administrators}),
        ("PUT", f"{mapping}/security_manager", {"backend_roles": administrators}),
        ("PUT", "/_plugins/_security/api/audit/config", audit()),
        ("PUT", f"/_index_template/{INDEX}", template(request)),
    ]


def audit():
    """A domain that publishes its audit log writes nothing into it before this (OpenSearch guide, "Monitoring audit logs", step
    2). Who was refused, and changes of the security settings: what is granted would be as many lines as are shipped."""
    granted = ["AUTHENTICATED", "GRANTED_PRIVILEGES"]
    return {
        "enabled": True,
        "audit": {
            "enable_rest": True,
            "disabled_rest_categories": granted,
            "enable_transport": True,
            "disabled_transport_categories": granted,
            "resolve_bulk_requests": False,
            "log_request_body": False,
            "resolve_indices": True,
            "exclude_sensitive_headers": True,
            "ignore_users": [],
            "ignore_requests": [],
        },
        "compliance": {
            "enabled": True,
            "internal_config": True,
            "external_config": False,
            "read_metadata_only": True,
            "read_watched_fields": {},
            "read_ignore_users": [],
            "write_metadata_only": True,
            "write_log_diffs": False,
            "write_watched_indices": [],
            "write_ignore_users": [],
        },
    }


def template(request):
    word = {"type": "keyword", "ignore_above": 1024}
    return {
        "index_patterns": [f"{INDEX}-*"],
        "priority": 100,
        "template": {
            "settings": {
                "number_of_shards": request["shards"],
                "number_of_replicas": request["replicas"],
                "refresh_interval": "30s",
                # without thresholds the slow logs stay empty (OpenSearch guide, "Setting logging thresholds for slow logs")
                "index.search.slowlog.threshold.query.warn": SLOW,
                "index.search.slowlog.threshold.fetch.warn": SLOW,
                "index.indexing.slowlog.threshold.index.warn": SLOW,
                "index.indexing.slowlog.source": "0",
            },
            "mappings": {
                "dynamic": False,  # lines of programs must not fill the mapping with fields
                "properties": {
                    "@timestamp": {"type": "date"},
                    "account": word,
                    "group": word,
                    "stream": word,
                    "event": word,
                    "message": {"type": "text"},
                    "fields": {"type": "flat_object"},
                    "cut": {"type": "long"},
                },
            },
        },
    }


def retention(days):
    return {
        "policy": {
            "description": f"Deletes the index of a day after {days} days",
            "default_state": "kept",
            "states": [
                {
                    "name": "kept",
                    "actions": [],
                    "transitions": [{"state_name": "deleted", "conditions": {"min_index_age": f"{days}d"}}],
                },
                {"name": "deleted", "actions": [{"retry": {"count": 5}, "delete": {}}], "transitions": []},
            ],
            "ism_template": [{"index_patterns": [f"{INDEX}-*"], "priority": 100}],
        }
    }


def put_retention(call, days):
    """A policy that exists is changed only with its version; indices that exist are told of the new one."""
    path = f"/_plugins/_ism/policies/{POLICY}"
    try:
        present = call("GET", path, None)
        version = f"?if_seq_no={present['_seq_no']}&if_primary_term={present['_primary_term']}"
    except Refused as refused:
        if refused.status != 404:
            raise
        version = ""
    call("PUT", path + version, retention(days))
    for action in ("add", "change_policy"):
        try:
            call("POST", f"/_plugins/_ism/{action}/{INDEX}-*", {"policy_id": POLICY})
        except Refused as refused:
            if refused.status != 404:  # there is no index yet
                raise


def apply(request, call):
    for method, path, body in settings(request):
        call(method, path, body)
    put_retention(call, request["days"])


def patiently(call, wait=time.sleep):
    """Calls again while the domain does not answer, or does not know its administrator yet."""

    def repeated(method, path, body):
        for seconds in (*PATIENCE, None):
            try:
                return call(method, path, body)
            except Refused as refused:
                if seconds is None or refused.status not in (401, 403, 429, 500, 502, 503, 504):
                    raise
            except urllib.error.URLError:
                if seconds is None:
                    raise
            wait(seconds)

    return repeated


def caller(endpoint, region, credentials):
    """Signs calls with the credentials of the function."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    def call(method, path, body):
        data = None if body is None else json.dumps(body).encode()
        signed = AWSRequest(method, endpoint + path, data=data, headers={"content-type": "application/json"})
        SigV4Auth(credentials, "es", region).add_auth(signed)
        sent = urllib.request.Request(signed.url, data=data, method=method, headers=dict(signed.headers))
        try:
            with urllib.request.urlopen(sent, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(method, path, error.code, error.read().decode("utf-8", "replace")) from None

    return call


def handler(event, _context):
    import botocore.session

    credentials = botocore.session.get_session().get_credentials()
    endpoint = f"https://{os.environ['ENDPOINT']}"
    apply(event, patiently(caller(endpoint, os.environ["AWS_REGION"], credentials)))
    return {"days": event["days"]}
