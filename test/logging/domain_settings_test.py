import sys
import unittest
import urllib.error
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "lib/logging/search"))
from domain_settings import Refused, apply, patiently  # noqa: E402

ADMIN = "arn:aws:iam::111122223333:role/administrator"
REQUEST = {
    "days": 30,
    "shards": 3,
    "replicas": 1,
    "administrator": ADMIN,
    "administrators": ["platform"],
    "readers": ["engineers"],
    "writers": ["arn:aws:iam::111122223333:role/firehose"],
}
POLICY = "/_plugins/_ism/policies/log_retention"


class Domain:
    """Keeps what it is told, as the API of OpenSearch does: a policy that exists is changed only with its version."""

    def __init__(self, indices=0):
        self.kept = {}
        self.version = None
        self.indices = indices
        self.calls = []

    def __call__(self, method, path, body):
        self.calls.append((method, path))
        if path.split("?")[0] == POLICY:
            return self.policy(method, path, body)
        if path.startswith("/_plugins/_ism/"):
            if self.indices == 0:
                raise Refused(method, path, 404, "no such index")
            return {}
        assert method == "PUT"
        self.kept[path] = body
        return {}

    def policy(self, method, path, body):
        if method == "GET":
            if self.version is None:
                raise Refused(method, path, 404, "policy not found")
            return {"_seq_no": self.version, "_primary_term": 1}
        expected = POLICY if self.version is None else f"{POLICY}?if_seq_no={self.version}&if_primary_term=1"
        if path != expected:
            raise Refused(method, path, 409, "version conflict")
        self.version = (self.version or 0) + 1
        self.kept[POLICY] = body
        return {}


class Settings(unittest.TestCase):
    def setUp(self):
        self.domain = Domain(indices=2)
        apply(REQUEST, self.domain)

    def test_each_has_the_roles_that_it_needs_and_no_reader_writes(self):
        mapping = "/_plugins/_security/api/rolesmapping"
        self.assertEqual(self.domain.kept[f"{mapping}/log_writer"]["backend_roles"], REQUEST["writers"])
        self.assertEqual(self.domain.kept[f"{mapping}/log_reader"]["backend_roles"], ["engineers"])
        self.assertEqual(self.domain.kept[f"{mapping}/kibana_user"]["backend_roles"], ["engineers", "platform"])
        reader = self.domain.kept["/_plugins/_security/api/roles/log_reader"]
        self.assertEqual(reader["index_permissions"][0]["index_patterns"], ["logs-*"])
        allowed = {one for part in reader["index_permissions"] for one in part["allowed_actions"]}
        self.assertEqual(allowed, {"read", "indices_monitor"})

    def test_the_program_stays_an_administrator(self):
        for role in ("all_access", "security_manager"):
            roles = self.domain.kept[f"/_plugins/_security/api/rolesmapping/{role}"]["backend_roles"]
            self.assertEqual(roles, [ADMIN, "platform"])

    def test_the_index_of_a_day_is_deleted_after_its_days(self):
        policy = self.domain.kept[POLICY]["policy"]
        (kept, deleted) = policy["states"]
        self.assertEqual(kept["transitions"], [{"state_name": "deleted", "conditions": {"min_index_age": "30d"}}])
        self.assertIn("delete", deleted["actions"][0])
        self.assertEqual(policy["ism_template"][0]["index_patterns"], ["logs-*"])

    def test_lines_of_programs_do_not_fill_the_mapping(self):
        template = self.domain.kept["/_index_template/logs"]["template"]
        self.assertIs(template["mappings"]["dynamic"], False)
        self.assertEqual(template["mappings"]["properties"]["fields"], {"type": "flat_object"})
        self.assertEqual(template["settings"]["number_of_replicas"], 1)

    def test_the_domain_writes_who_was_refused_and_what_is_slow_without_texts_of_lines(self):
        audit = self.domain.kept["/_plugins/_security/api/audit/config"]
        self.assertIs(audit["enabled"], True)
        self.assertNotIn("FAILED_LOGIN", audit["audit"]["disabled_rest_categories"])
        self.assertNotIn("MISSING_PRIVILEGES", audit["audit"]["disabled_rest_categories"])
        self.assertIn("GRANTED_PRIVILEGES", audit["audit"]["disabled_transport_categories"])
        self.assertIs(audit["audit"]["log_request_body"], False)
        slow = self.domain.kept["/_index_template/logs"]["template"]["settings"]
        for threshold in ("search.slowlog.threshold.query.warn", "indexing.slowlog.threshold.index.warn"):
            self.assertEqual(slow[f"index.{threshold}"], "10s")
        self.assertEqual(slow["index.indexing.slowlog.source"], "0")

    def test_another_retention_changes_the_policy_and_tells_indices_that_exist(self):
        self.domain.calls.clear()
        apply({**REQUEST, "days": 7}, self.domain)
        age = self.domain.kept[POLICY]["policy"]["states"][0]["transitions"][0]["conditions"]
        self.assertEqual(age, {"min_index_age": "7d"})
        self.assertIn(("POST", "/_plugins/_ism/change_policy/logs-*"), self.domain.calls)

    def test_a_domain_without_an_index_is_no_error(self):
        apply(REQUEST, Domain(indices=0))


class Patience(unittest.TestCase):
    def test_a_domain_that_does_not_know_its_administrator_yet_is_asked_again(self):
        answers = [Refused("PUT", "/", 403, "no permissions"), urllib.error.URLError("no route"), {"ok": True}]
        waits = []

        def call(*_):
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.assertEqual(patiently(call, waits.append)("PUT", "/", {}), {"ok": True})
        self.assertEqual(waits, [5, 10])

    def test_a_setting_that_is_wrong_fails_at_once(self):
        waits = []

        def call(*_):
            raise Refused("PUT", "/_index_template/logs", 400, "bad mapping")

        with self.assertRaisesRegex(Refused, "PUT /_index_template/logs: 400 bad mapping"):
            patiently(call, waits.append)("PUT", "/", {})
        self.assertEqual(waits, [])

    def test_patience_ends_before_the_function_does(self):
        waits = []

        def call(*_):
            raise Refused("PUT", "/", 503, "starting")

        with self.assertRaises(Refused):
            patiently(call, waits.append)("PUT", "/", {})
        self.assertLess(sum(waits), 600)


if __name__ == "__main__":
    unittest.main()
