"""
A client of MLflow with the permissions of one role: makes the calls of a team, and prints what each of them got.

Arguments: the role, and as JSON what a client before it has recorded and the variables that jobs are started with.
"""

import json
import os
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, LoggedModelOutput, Metric

role, known = sys.argv[1], json.loads(sys.argv[2])
client = MlflowClient()
answers = {}


def call(name, function):
    """Makes a call and returns its result."""
    try:
        answers[name] = ['allowed', function()]
    except Exception as error:
        text = str(error)
        refused = 'AccessDenied' in text or '403' in text
        answers[name] = ['refused' if refused else 'failed', text[:300]]
    return answers[name][1]


def started(variables):
    """What a program that names no experiment and no tags records as a job with these variables."""
    own = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(own)
    with mlflow.start_run() as run:
        mlflow.log_metric('auc', 0.83)
    for name in own:
        del os.environ[name]
    found = client.get_run(run.info.run_id)
    tags = {tag: value for tag, value in found.data.tags.items() if not tag.startswith('mlflow.')}
    return [client.get_experiment(found.info.experiment_id).name, tags]


def track():
    mlflow.set_experiment('churn')
    with mlflow.start_run(run_name='first', tags={'cause': 'drift'}) as run:
        mlflow.log_param('depth', 4)
        mlflow.log_metrics({'auc': 0.83, 'f1': 0.7})
        mlflow.log_dict({'ok': True}, 'report.json')
    return run.info.run_id


class Doubled(mlflow.pyfunc.PythonModel):
    def predict(self, model_input):
        return [2 * one for one in model_input]


def model():
    """A model of the run, registered as a client does it by itself."""
    with mlflow.start_run(run_id=known['run']):
        logged = mlflow.pyfunc.log_model(
            name='model', python_model=Doubled(), pip_requirements=[], registered_model_name='churn'
        )
    return [logged.model_id, logged.registered_model_version]


def trace():
    """The client sends a trace later, and keeps to itself what comes of that."""
    mlflow.set_experiment(experiment_id=known['experiment'])
    with mlflow.start_span('predict') as span:
        span.set_inputs({'rows': 1})
        span.set_outputs([2])
    mlflow.flush_trace_async_logging()
    return mlflow.get_last_active_trace_id()


def read():
    [found] = client.search_runs([known['experiment']], "tags.cause = 'drift'")
    report = mlflow.artifacts.load_dict(f'{found.info.artifact_uri}/report.json')
    files = [one.path for one in client.list_artifacts(found.info.run_id)]
    return [found.info.run_id == known['run'], found.data.metrics['auc'], report, files]


def read_model():
    loaded = mlflow.pyfunc.load_model('models:/churn/1')
    [version] = client.search_model_versions("name='churn'")
    [logged] = mlflow.search_logged_models([known['experiment']], "name = 'model'", output_format='list')
    assert logged.model_id == client.get_logged_model(known['model']).model_id
    return [loaded.predict([1, 2]), version.version, client.get_registered_model('churn').name]


def read_trace():
    [found] = mlflow.search_traces([known['experiment']], return_type='list')
    got = client.get_trace(known['trace'])
    return [found.info.trace_id == known['trace'], [span.name for span in got.data.spans], got.info.tags.get('stage')]


def writes():
    """Calls that record, each with one action of its own at least."""
    run, experiment, model, trace = (known[name] for name in ('run', 'experiment', 'model', 'trace'))
    data = DatasetInput(Dataset(name='train', digest='1', source_type='local', source='{}'))
    return {
        'create_experiment': lambda: client.create_experiment(f'of-{role}'),
        'set_experiment_tag': lambda: client.set_experiment_tag(experiment, 'team', 'fraud'),
        'create_run': lambda: client.create_run(experiment).info.run_id,
        'log_metric': lambda: client.log_metric(run, 'loss', 0.1),
        'log_param': lambda: client.log_param(run, 'rounds', '3'),
        'log_batch': lambda: client.log_batch(run, metrics=[Metric('loss', 0.2, 0, 1)]),
        'log_inputs': lambda: client.log_inputs(run, [data]),
        'log_outputs': lambda: client.log_outputs(answers['writes.create_run'][1], [LoggedModelOutput(model, step=0)]),
        'set_tag': lambda: client.set_tag(run, 'stage', 'dev'),
        'delete_tag': lambda: client.delete_tag(run, 'stage'),
        'set_terminated': lambda: client.set_terminated(run),
        'log_artifact': lambda: client.log_dict(run, {}, 'other.json'),
        'create_logged_model': lambda: client.create_logged_model(experiment, name='other').model_id,
        'finalize_logged_model': lambda: client.finalize_logged_model(model, 'READY').model_id,
        'log_model_params': lambda: client.log_model_params(model, {'leaves': '4'}),
        'set_logged_model_tags': lambda: client.set_logged_model_tags(model, {'stage': 'dev'}),
        'create_registered_model': lambda: client.create_registered_model(f'of-{role}').name,
        'create_model_version': lambda: client.create_model_version('of-track', f's3://{known["bucket"]}/mlflow/x').version,
        'set_model_version_tag': lambda: client.set_model_version_tag('churn', '1', 'stage', 'dev'),
        'set_trace_tag': lambda: client.set_trace_tag(trace, 'stage', 'dev'),
    }


def decisions():
    """Calls that decide, rename, delete and restore, in an order in which all of them are possible."""
    run, experiment, model, trace = (known[name] for name in ('run', 'experiment', 'model', 'trace'))
    return {
        'set_registered_model_alias': lambda: client.set_registered_model_alias('churn', 'champion', '1'),
        'delete_registered_model_alias': lambda: client.delete_registered_model_alias('churn', 'champion'),
        'set_registered_model_tag': lambda: client.set_registered_model_tag('churn', 'team', 'fraud'),
        'delete_registered_model_tag': lambda: client.delete_registered_model_tag('churn', 'team'),
        'update_registered_model': lambda: client.update_registered_model('churn', 'who leaves').name,
        'update_model_version': lambda: client.update_model_version('churn', '1', 'the first').version,
        'transition_model_version_stage': lambda: client.transition_model_version_stage('churn', '1', 'Staging').version,
        'delete_model_version_tag': lambda: client.delete_model_version_tag('churn', '1', 'stage'),
        'rename_registered_model': lambda: client.rename_registered_model('of-track', 'other'),
        'delete_model_version': lambda: client.delete_model_version('churn', '1'),
        'delete_registered_model': lambda: client.delete_registered_model('churn'),
        'delete_logged_model_tag': lambda: client.delete_logged_model_tag(model, 'stage'),
        'delete_logged_model': lambda: client.delete_logged_model(model),
        'delete_trace_tag': lambda: client.delete_trace_tag(trace, 'stage'),
        'delete_traces': lambda: client.delete_traces(experiment, trace_ids=[trace]),
        'rename_experiment': lambda: client.rename_experiment(experiment, 'churned'),
        'delete_run': lambda: client.delete_run(run),
        'restore_run': lambda: client.restore_run(run),
        'delete_experiment': lambda: client.delete_experiment(experiment),
        'restore_experiment': lambda: client.restore_experiment(experiment),
    }


if role == 'track':
    for name, variables in known['started'].items():
        call(f'started {name}', lambda: started(variables))
    known['run'] = call('track', track)
    known['experiment'] = client.get_experiment_by_name('churn').experiment_id
    known['model'], _ = call('model', model)
    known['trace'] = call('trace', trace)
else:
    call('model', model)
    call('trace', trace)
for name, function in writes().items():
    call(f'writes.{name}', function)
call('read', read)
call('read model', read_model)
call('read trace', read_trace)
for name, function in decisions().items():
    call(f'decisions.{name}', function)
print('ANSWERS' + json.dumps({'answers': answers, 'known': known}, default=str))
