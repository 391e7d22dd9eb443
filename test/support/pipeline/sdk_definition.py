"""Prints the definition that the public Python SDK of SageMaker makes of the steps in `sample.ts`.

    python sdk_definition.py < facts.json

The facts are what both must agree on: role, key, image, subnets, groups, bucket, hyperparameters.
"""

import json
import logging
import sys
from unittest.mock import MagicMock

logging.disable(logging.CRITICAL)

import boto3  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.inputs import TrainingInput  # noqa: E402
from sagemaker.model import Model  # noqa: E402
from sagemaker.model_metrics import MetricsSource, ModelMetrics  # noqa: E402
from sagemaker.network import NetworkConfig  # noqa: E402
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor  # noqa: E402
from sagemaker.tuner import CategoricalParameter, ContinuousParameter, HyperparameterTuner, IntegerParameter  # noqa: E402
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep  # noqa: E402
from sagemaker.workflow.condition_step import ConditionStep  # noqa: E402
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo, ConditionIn, ConditionNot  # noqa: E402
from sagemaker.workflow.execution_variables import ExecutionVariables  # noqa: E402
from sagemaker.workflow.fail_step import FailStep  # noqa: E402
from sagemaker.workflow.functions import Join, JsonGet  # noqa: E402
from sagemaker.workflow.lambda_step import LambdaStep  # noqa: E402
from sagemaker.lambda_helper import Lambda  # noqa: E402
from sagemaker.workflow.model_step import ModelStep  # noqa: E402
from sagemaker.workflow.parameters import ParameterString  # noqa: E402
from sagemaker.workflow.pipeline import Pipeline  # noqa: E402
from sagemaker.workflow.pipeline_context import PipelineSession  # noqa: E402
from sagemaker.workflow.properties import PropertyFile  # noqa: E402
from sagemaker.workflow.retry import (  # noqa: E402
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import ProcessingStep, TrainingStep, TuningStep  # noqa: E402

facts = json.load(sys.stdin)
region = "eu-north-1"
boto = boto3.Session(region_name=region, aws_access_key_id="none", aws_secret_access_key="none")
session = PipelineSession(
    boto_session=boto, sagemaker_client=MagicMock(), default_bucket=facts["bucket"]
)
session._default_bucket = facts["bucket"]

cause = ParameterString("Cause", default_value="manual")
started_by = ParameterString("StartedBy", default_value="unknown")
extra = ParameterString("ExtraUri", default_value="s3://acme/extra")
seed = ParameterString("Seed", default_value="1")
rounds = ParameterString("Rounds", default_value="10")
mode = ParameterString("Mode", default_value="full", enum_values=["full", "dry"])
run = {"MLOPS_CAUSE": cause, "MLOPS_STARTED_BY": started_by}
retries = [
    StepRetryPolicy(
        [StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
        interval_seconds=60,
        max_attempts=5,
    ),
    SageMakerJobStepRetryPolicy(
        [SageMakerJobExceptionTypeEnum.INTERNAL_ERROR, SageMakerJobExceptionTypeEnum.CAPACITY_ERROR],
        interval_seconds=60,
        max_attempts=5,
    ),
]


def processor(**changes):
    many = changes.get("instance_count", 1) > 1
    settings = dict(
        role=facts["role"],
        image_uri=facts["image"],
        instance_count=1,
        instance_type="ml.m5.xlarge",
        volume_size_in_gb=30,
        volume_kms_key=facts["key"],
        output_kms_key=facts["key"],
        max_runtime_in_seconds=86400,
        env=run,
        network_config=NetworkConfig(
            enable_network_isolation=True,
            encrypt_inter_container_traffic=many,
            security_group_ids=facts["groups"],
            subnets=facts["subnets"],
        ),
        sagemaker_session=session,
    )
    return Processor(**{**settings, **changes})


prepare = ProcessingStep(
    "Prepare",
    step_args=processor(
        instance_count=2, instance_type="ml.g5.xlarge", volume_kms_key=None, env={**run, "MODE": "full"}
    ).run(
        arguments=["--seed", seed],
        inputs=[
            ProcessingInput(source="s3://acme-raw/churn/", destination="/opt/ml/processing/raw", input_name="raw"),
            ProcessingInput(source=extra, destination="/opt/ml/processing/extra", input_name="extra"),
        ],
        outputs=[
            ProcessingOutput(
                source="/opt/ml/processing/train", destination="s3://acme/train", output_name="train"
            )
        ],
    ),
    retry_policies=retries,
)


def estimator(**changes):
    settings = dict(
        image_uri=facts["image"],
        role=facts["role"],
        instance_count=1,
        instance_type="ml.m5.xlarge",
        volume_size=30,
        volume_kms_key=facts["key"],
        output_path=facts["output"],
        output_kms_key=facts["key"],
        subnets=facts["subnets"],
        security_group_ids=facts["groups"],
        max_run=86400,
        metric_definitions=[{"Name": "validation:auc", "Regex": "auc: ([0-9.]+)"}],
        enable_network_isolation=True,
        environment=run,
        tags=[{"Key": "team", "Value": "fraud"}],
        disable_profiler=True,
        debugger_hook_config=False,
        sagemaker_session=session,
    )
    return Estimator(**{**settings, **changes})


def channels(train):
    return {
        "train": TrainingInput(train, input_mode="File"),
        "code": TrainingInput(facts["code"], input_mode="File"),
    }


script = facts["hyperparameters"]
train = TrainingStep(
    "Train",
    step_args=estimator(hyperparameters={"depth": '"4"', "rounds": rounds, **script}).fit(
        channels(prepare.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri)
    ),
    retry_policies=retries,
)
tune = TuningStep(
    "Tune",
    step_args=HyperparameterTuner(
        estimator(hyperparameters=script),
        "validation:auc",
        {
            "depth": IntegerParameter(2, 8),
            "rate": ContinuousParameter(0.001, 0.3, scaling_type="Logarithmic"),
            "loss": CategoricalParameter(['"log"', '"hinge"']),
        },
        metric_definitions=[{"Name": "validation:auc", "Regex": "auc: ([0-9.]+)"}],
        max_jobs=20,
        max_parallel_jobs=2,
        max_runtime_in_seconds=7200,
        early_stopping_type="Auto",
        tags=[{"Key": "team", "Value": "fraud"}],
    ).fit(channels("s3://acme-features/churn/train/")),
    retry_policies=retries,
)
gate_file = PropertyFile(name="gate", output_name="report", path="gate.json")
evaluate = ProcessingStep(
    "Evaluate",
    step_args=processor(entrypoint=["python3", "/opt/ml/processing/input/code/evaluate.py"]).run(
        inputs=[
            ProcessingInput(
                source=train.properties.ModelArtifacts.S3ModelArtifacts,
                destination="/opt/ml/processing/model",
                input_name="model",
            ),
            ProcessingInput(
                source=Join(
                    on="/",
                    values=[facts["output"], tune.properties.BestTrainingJob.TrainingJobName, "output/model.tar.gz"],
                ),
                destination="/opt/ml/processing/best",
                input_name="best",
            ),
        ],
        outputs=[
            ProcessingOutput(
                source="/opt/ml/processing/report",
                destination=Join(on="/", values=[facts["reports"], ExecutionVariables.PIPELINE_EXECUTION_ID]),
                output_name="report",
            )
        ],
    ),
    property_files=[gate_file],
    retry_policies=retries,
)
auc = JsonGet(step_name="Evaluate", property_file=gate_file, json_path="auc")
ask = CallbackStep(
    "Ask",
    sqs_queue_url="https://sqs.eu-north-1.amazonaws.com/111122223333/approvals",
    inputs={**run, "auc": auc},
    outputs=[CallbackOutput("by", CallbackOutputTypeEnum.String)],
)
report = evaluate.properties.ProcessingOutputConfig.Outputs["report"].S3Output.S3Uri
register = ModelStep(
    "Register",
    step_args=Model(
        image_uri=facts["image"],
        model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
        role=facts["role"],
        sagemaker_session=session,
    ).register(
        content_types=["application/json"],
        response_types=["application/json"],
        model_package_group_name=facts["packages"],
        approval_status="PendingManualApproval",
        framework="SCIKIT_LEARN",
        framework_version="1.9.0",
        model_metrics=ModelMetrics(
            model_statistics=MetricsSource("application/json", Join(on="/", values=[report, "report.json"]))
        ),
        customer_metadata_properties={**facts["metadata"], "approver": ask.properties.Outputs["by"]},
    ),
)
gate = ConditionStep(
    "Gate",
    conditions=[
        ConditionGreaterThanOrEqualTo(auc, 0.8),
        ConditionNot(ConditionIn(mode, ["dry"])),
    ],
    if_steps=[ask, register],
    else_steps=[
        FailStep("Reject", error_message=Join(on="", values=["auc is ", auc, ", at least 0.8 is required"]))
    ],
)
notify = LambdaStep(
    "Notify",
    lambda_func=Lambda(
        function_arn="arn:aws:lambda:eu-north-1:111122223333:function:notify", session=session
    ),
    inputs={**run, "outcome": gate.properties.Outcome},
    depends_on=[gate],
)
pipeline = Pipeline(
    name="acme-dev-pipeline",
    parameters=[cause, started_by, extra, seed, rounds, mode],
    pipeline_experiment_config=None,
    steps=[prepare, train, tune, evaluate, gate, notify],
    sagemaker_session=session,
)
print(pipeline.definition())
