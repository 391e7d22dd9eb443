"""Tells chats and PagerDuty of alarms: a Lambda function that topics of SNS call.

RECEIVERS is a JSON list of {"format": "slack" | "teams" | "pagerDuty", "secret": <ARN>, "from": "critical" | "warning"};
SEVERITIES a JSON mapping of the ARNs of the topics to what they carry. The text of a secret is the address of a webhook,
or the integration key of a service of PagerDuty. A receiver that fails does not keep the message from the others; the
function then fails, and Lambda calls it again: PagerDuty takes a repetition for the same incident.
"""

import json
import os
import urllib.error
import urllib.request

PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
SECONDS = 8
SUMMARY = 1024
TEXT = 3000


class NotTold(Exception):
    """Some receivers did not take a message."""


def handler(event, _context=None, secret=None, post=None):
    secret, post = secret or secret_text, post or send
    receivers = json.loads(os.environ["RECEIVERS"])
    severities = json.loads(os.environ["SEVERITIES"])
    failures = []
    for record in event["Records"]:
        message = record["Sns"]
        severity = severities.get(message["TopicArn"], "critical")
        news = read(message, severity)
        for receiver in receivers:
            if receiver["from"] == "critical" and severity != "critical":
                continue
            try:
                text = secret(receiver["secret"]).strip()
                address, body = FORMATS[receiver["format"]](news, text)
                post(address, body)
            except Exception as error:  # the next receiver must hear of it
                # neither the address nor the answer is logged: a webhook's address is its password
                failures.append(f"{receiver['format']}: {type(error).__name__} {getattr(error, 'code', '')}".strip())
    if failures:
        raise NotTold("; ".join(failures))


def read(message, severity):
    """What a message of SNS says: of an alarm, or any other text."""
    try:
        alarm = json.loads(message["Message"])
    except ValueError:
        alarm = None
    if not isinstance(alarm, dict) or "AlarmName" not in alarm:
        title = message.get("Subject") or "A message"
        return {"key": message["MessageId"], "title": title, "state": "ALARM", "severity": severity, "text": message["Message"], "link": None}
    name, state = alarm["AlarmName"], alarm["NewStateValue"]
    arn = alarm.get("AlarmArn", name)
    children = [child["Arn"].rsplit(":alarm:", 1)[-1] for child in alarm.get("TriggeringChildren", [])]
    lines = [alarm.get("AlarmDescription") or "", alarm.get("NewStateReason") or ""]
    if children:
        lines.append("Caused by: " + ", ".join(children))
    return {
        "key": arn,
        "title": f"{name} is {'over' if state == 'OK' else state}",
        "state": state,
        "severity": severity,
        "text": "\n".join(line for line in lines if line),
        "link": console(arn),
    }


def console(arn):
    """The page of an alarm, where the partition has a public console."""
    parts = arn.split(":")
    hosts = {"aws": "console.aws.amazon.com", "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
    if len(parts) < 7 or parts[1] not in hosts:
        return None
    return f"https://{parts[3]}.{hosts[parts[1]]}/cloudwatch/home?region={parts[3]}#alarmsV2:alarm/{':'.join(parts[6:])}"


def slack(news, webhook):
    sign = ":white_check_mark:" if news["state"] == "OK" else ":red_circle:" if news["severity"] == "critical" else ":warning:"
    link = f"\n<{news['link']}|Open the alarm>" if news["link"] else ""
    return webhook, {"text": f"{sign} *{plain(news['title'])}*\n{plain(news['text'])[:TEXT]}{link}"}


def plain(text):
    """Slack takes these signs for links and mentions of everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams(news, webhook):
    blocks = [
        {"type": "TextBlock", "text": news["title"], "weight": "Bolder", "wrap": True},
        {"type": "TextBlock", "text": news["text"][:TEXT], "wrap": True},
    ]
    card = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    if news["link"]:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the alarm", "url": news["link"]}]
    return webhook, {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}


def pager_duty(news, key):
    event = {"routing_key": key, "event_action": "resolve" if news["state"] == "OK" else "trigger", "dedup_key": news["key"][-255:]}
    if news["state"] != "OK":
        event["payload"] = {
            "summary": news["title"][:SUMMARY],
            "source": news["key"],
            "severity": news["severity"],
            "custom_details": {"text": news["text"][:TEXT]},
        }
        if news["link"]:
            event["links"] = [{"href": news["link"], "text": "Open the alarm"}]
    return os.environ.get("PAGERDUTY", PAGERDUTY), event


FORMATS = {"slack": slack, "teams": teams, "pagerDuty": pager_duty}


def secret_text(arn):
    import boto3  # the runtime has it

    return boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]


def send(address, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass
