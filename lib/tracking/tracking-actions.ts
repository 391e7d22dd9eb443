/*
 * The actions of MLflow's API on a tracking server by intent, from the service authorization reference, "Actions defined
 * by Amazon SageMaker with MLflow". None of them stops at an experiment or a model: whoever may write, writes to all.
 */

/** What a client calls to look at experiments, runs, models, versions and traces. */
export const READ_ACTIONS = [
  'sagemaker-mlflow:GetExperiment',
  'sagemaker-mlflow:GetExperimentByName',
  'sagemaker-mlflow:SearchExperiments',
  'sagemaker-mlflow:GetRun',
  'sagemaker-mlflow:SearchRuns',
  'sagemaker-mlflow:GetMetricHistory',
  'sagemaker-mlflow:ListArtifacts',
  'sagemaker-mlflow:GetLoggedModel',
  'sagemaker-mlflow:SearchLoggedModels',
  'sagemaker-mlflow:ListLoggedModelArtifacts',
  'sagemaker-mlflow:GetRegisteredModel',
  'sagemaker-mlflow:SearchRegisteredModels',
  'sagemaker-mlflow:GetLatestModelVersions',
  'sagemaker-mlflow:GetModelVersion',
  'sagemaker-mlflow:GetModelVersionByAlias',
  'sagemaker-mlflow:SearchModelVersions',
  'sagemaker-mlflow:GetDownloadURIForModelVersionArtifacts',
  'sagemaker-mlflow:GetTraceInfo',
  'sagemaker-mlflow:SearchTraces',
] as const;

/** What a client calls to record a run with its models and traces, and to register a version of a model. */
export const TRACK_ACTIONS = [
  'sagemaker-mlflow:CreateExperiment',
  'sagemaker-mlflow:SetExperimentTag',
  'sagemaker-mlflow:CreateRun',
  'sagemaker-mlflow:UpdateRun',
  'sagemaker-mlflow:LogBatch',
  'sagemaker-mlflow:LogMetric',
  'sagemaker-mlflow:LogParam',
  'sagemaker-mlflow:LogInputs',
  'sagemaker-mlflow:LogOutputs',
  'sagemaker-mlflow:LogModel',
  'sagemaker-mlflow:SetTag',
  'sagemaker-mlflow:DeleteTag',
  'sagemaker-mlflow:FinalizeLoggedModel',
  'sagemaker-mlflow:LogLoggedModelParams',
  'sagemaker-mlflow:SetLoggedModelTags',
  'sagemaker-mlflow:CreateRegisteredModel',
  'sagemaker-mlflow:CreateModelVersion',
  'sagemaker-mlflow:SetModelVersionTag',
  'sagemaker-mlflow:StartTrace',
  'sagemaker-mlflow:EndTrace',
  'sagemaker-mlflow:SetTraceTag',
] as const;

/** What decides which version others use, and what renames, deletes and restores. */
export const MANAGE_ACTIONS = [
  'sagemaker-mlflow:UpdateExperiment',
  'sagemaker-mlflow:DeleteExperiment',
  'sagemaker-mlflow:RestoreExperiment',
  'sagemaker-mlflow:DeleteRun',
  'sagemaker-mlflow:RestoreRun',
  'sagemaker-mlflow:DeleteLoggedModel',
  'sagemaker-mlflow:DeleteLoggedModelTag',
  'sagemaker-mlflow:UpdateRegisteredModel',
  'sagemaker-mlflow:RenameRegisteredModel',
  'sagemaker-mlflow:DeleteRegisteredModel',
  'sagemaker-mlflow:SetRegisteredModelTag',
  'sagemaker-mlflow:DeleteRegisteredModelTag',
  'sagemaker-mlflow:SetRegisteredModelAlias',
  'sagemaker-mlflow:DeleteRegisteredModelAlias',
  'sagemaker-mlflow:UpdateModelVersion',
  'sagemaker-mlflow:DeleteModelVersion',
  'sagemaker-mlflow:DeleteModelVersionTag',
  'sagemaker-mlflow:TransitionModelVersionStage',
  'sagemaker-mlflow:DeleteTraces',
  'sagemaker-mlflow:DeleteTraceTag',
] as const;
