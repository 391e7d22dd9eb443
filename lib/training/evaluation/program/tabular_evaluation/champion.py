"""The champion: the newest approved package of a group, and its artifact."""

from pathlib import Path
from urllib.parse import urlparse

from . import Failed
from .tables import brief


class Champion:
    """A model package in SageMaker's registry."""

    def __init__(self, arn, version, uri):
        self.arn, self.version, self.uri = arn, version, uri

    def __str__(self):
        return f"the champion, version {self.version}" if self.version is not None else f"the champion, {self.arn}"


def newest_approved(sagemaker, group):
    """The champion of a group, or None if no package is approved."""
    try:
        pages = sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group,
            ModelApprovalStatus="Approved",
            SortBy="CreationTime",
            SortOrder="Descending",
        )
        # a page may be empty before the last one: the service filters after it has read a page
        found = next((package for page in pages for package in page["ModelPackageSummaryList"]), None)
        if found is None:
            return None
        arn = found["ModelPackageArn"]
        package = sagemaker.describe_model_package(ModelPackageName=arn)
    except Exception as fault:
        raise Failed(f"the champion of {group} cannot be looked up: {brief(fault)}")
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    source = containers[0] if len(containers) == 1 else {}
    uri = source.get("ModelDataUrl") or source.get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri")
    if not uri:
        raise Failed(f"the champion {arn} has {len(containers)} containers and no one artifact: it cannot be compared with")
    return Champion(arn, package.get("ModelPackageVersion"), uri)


def download(s3, champion, folder):
    """The artifact of the champion as a file."""
    parsed = urlparse(champion.uri)
    key = parsed.path.lstrip("/")
    if not key.endswith((".tar.gz", ".tgz")):
        raise Failed(f"{champion} is no archive, but {champion.uri}: it cannot be compared with")
    target = Path(folder) / "model.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        s3.download_file(parsed.netloc, key, str(target))
    except Exception as fault:
        raise Failed(f"{champion} cannot be read from {champion.uri}: {brief(fault)}")
    return target
