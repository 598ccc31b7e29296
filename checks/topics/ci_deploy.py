"""Deployment from CI: does it wait for tests and scans, or for somebody's approval."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.numbers import share
from checks.application.wiring import answer, complain
from checks.look import Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.workflows import Job, Workflow
from checks.topics import ci_images, ci_jobs
from checks.topics.ci import covered
from checks.topics.ci_jobs import SEARCHED, Run
from checks.topics.tests_case import Case
from checks.topics.tests_found import cases

SIGNAL = "ci.deploy-gated"

_DEPLOYS = re.compile(
    r"^(kubectl (apply|set image|rollout restart|create|replace)|helm (upgrade|install)|helmfile (apply|sync)"
    r"|(terraform|tofu|terragrunt)( -\S+)* apply|(fly|flyctl) deploy|vercel\b.*(--prod|deploy)|netlify deploy"
    r"|gcloud (\w+ )*(run (deploy|services update)|app deploy|functions deploy)|aws (ecs update-service|s3 sync"
    r"|lambda update"
    r"|cloudformation deploy|deploy create-deployment|apprunner start)|eb deploy|(serverless|sls) deploy|sam deploy"
    r"|cdk deploy"
    r"|wrangler (deploy|publish|pages)|firebase deploy|railway up|heroku container:release|git push \S*heroku"
    r"|docker(-compose| compose| stack)\b.*\b(up|deploy)\b.*|supabase (db push|functions deploy)|pulumi up"
    r"|ansible-playbook"
    r"|az (webapp|containerapp|functionapp) (\w+ )*(deploy|up|update)|fastapi deploy|modal deploy|cap \w+ deploy"
    r"|kamal deploy"
    r"|(ssh|rsync|scp) .*@|dokku |deployctl deploy|convex deploy|sst deploy|render deploys? "
    r"|dpl (?!npm|pypi|releases|rubygems|cargo|pages|hex|bintray|packagecloud|puppetforge|snap|testpypi)\S"
    r"|pipe \S*(?:deploy|ssh-run|rsync|update-service))"
)
_ACTIONS = re.compile(
    r"^(amondnet/vercel-action|cloudflare/(wrangler|pages)-action|FirebaseExtended/action-hosting-deploy"
    r"|akhileshns/heroku"
    r"|google-github-actions/deploy-|aws-actions/(amazon-ecs-deploy|aws-cloudformation)|azure/(webapps|functions"
    r"|k8s)-?deploy"
    r"|appleboy/ssh-action|nwtgck/actions-netlify|einaregilsson/beanstalk|digitalocean/app_action"
    r"|superfly/flyctl-actions@"
    r"|(actions/deploy-pages|peaceiris/actions-gh-pages|JamesIves/github-pages-deploy-action)@"
    r"|jakejarvis/s3-sync|easingthemes/ssh-deploy|caprover/|denoland/deployctl|render-oss/)",
    re.IGNORECASE,
)
_SCANS = re.compile(
    r"^(semgrep|bandit|pip-audit|safety|osv-scanner|gitleaks|trufflehog|trivy|grype|snyk|(npm|pnpm"
    r"|yarn( npm)?) audit)\b"
)
_SCAN_ACTIONS = re.compile(
    r"codeql-action|trivy-action|gitleaks|trufflehog|semgrep|dependency-review|snyk/|scan-action"
)
_DOCUMENTS = re.compile(r"(?i)\bdocs?\b|documentation|mkdocs|sphinx|storybook|docusaurus|typedoc|coverage|jekyll")
_SAYS_SO = re.compile(
    r"(?i)^(?!.*\b(tests?|check|lint|plan|preview|docs?|documentation|pages|notes?|notify|cleanup|verify|wait|dry.?run|build)\b)"
    r".*(\bdeploy(s|ment)?\b.*\b(prod|production|live|staging)\b|\b(release|ship|rollout|publish)\b.*\b(prod|production)\b"
    r"|^deploy$)"
)
"""The name of a job or a step that says it deploys, and nothing else that one may do with a deployment."""
_KNOWN_ACTION = re.compile(
    r"^(actions/|\./)|/setup-|/login-action|/configure-|publish|gh-release|build-push|slack|cache"
)
"""Actions that do not deploy by themselves."""
_SETS_UP = re.compile(
    r"^((pip|pipx|pip3|npm|pnpm|yarn|uv|poetry|apt-get|apt|brew|gem|go|cargo)\s.*\b(install|ci|add|sync|update)\b"
    r"|(npm|pnpm|yarn) i?$"
    r"|(npm|pnpm|yarn) (run )?build|mkdocs|twine|docker (build|login|tag)"
    r"|(echo|printf|true|sleep|cd|exit|export|set|mkdir|cp|curl|git|cat|test|ls)\b)"
)
"""Commands that do not deploy, whatever the job is called."""
_PUSHES = re.compile(r"^docker (push|compose push|(buildx )?build\b.*--push)\b|^(skopeo copy|crane push)\b")
_NO_DEPLOYMENT = re.compile(r"(?i)\b(test|check|lint|plan|preview|docs?|prepare|before|un|no|without)\b")
_FOR_TESTS = re.compile(r"\btest|e2e|\bci\b|check", re.IGNORECASE)


@probe(SIGNAL)
def deploy_gated(look: Look) -> Observation:
    """Every job that deploys needs the test and scan jobs, or waits for an approval."""
    fix = "let the deploy job need the test and scan jobs, or an environment with required reviewers"
    real = [case for case in cases(look) if case.counts]
    grades: dict[Location, str] = {}
    supposed: set[Location] = set()
    """Jobs that deploy by their name only, with a tool that is not known here."""
    for workflow in look.workflows.all:
        if workflow.only_called:
            continue
        for job, chain in _deploying(look, workflow):
            grades[job.location] = _grade(look, workflow, job, chain, real)
            supposed |= set() if _deploys(look, job) else {job.location}
    places = list(grades)
    if not grades:
        hidden, where = ci_jobs.unseen(look, publishing=True)
        if hidden:
            return answer(
                SIGNAL, Outcome.UNKNOWN, f"no deployment found, but {hidden}", where, searched=SEARCHED, fix=fix
            )
        said = "no deployment from CI" + _only_prints(look)
        return answer(SIGNAL, Outcome.NOT_APPLICABLE, said, searched=SEARCHED)
    if supposed and all(grades[place] == "none" for place in places) and supposed >= set(places):
        said = "a job says that it deploys and runs a tool that is not known here; nothing was seen before it"
        return answer(SIGNAL, Outcome.UNKNOWN, said, places, searched=SEARCHED, fix=fix)
    worst = [place for place in places if grades[place] == "none"]
    if worst:
        message = "this job deploys without waiting for tests, scans or an approval"
        complain(look, "ci.deploy-not-gated", SIGNAL, worst, Severity.HIGH, message)
        held = [place for place in places if grades[place] not in {"none", "by hand"}]
        outcome = Outcome.PARTIAL if held else Outcome.UNMET
        said = f"{share(len(worst), len(places), 'deploy job', 'waits', 'wait')} for no check and no approval"
        return answer(SIGNAL, outcome, said, worst, searched=SEARCHED, fix=fix)
    if "environment" in grades.values():
        said = "deployment names an environment; whether that is protected is set at the host"
        return answer(SIGNAL, Outcome.UNKNOWN, said, places, searched=SEARCHED, fix=fix)
    if set(grades.values()) <= {"all", "approval"}:
        said = "deployment waits for tests and scans, or for an approval"
        return answer(SIGNAL, Outcome.MET, said, places, searched=SEARCHED)
    said = "deployment waits for some checks only, or is started by hand"
    return answer(SIGNAL, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=fix)


def _deploying(look: Look, workflow: Workflow) -> Iterator[tuple[Job, tuple[Job, ...]]]:
    """The jobs of a workflow that deploy, each with the jobs whose needs hold it back: itself, and its callers."""
    for top in workflow.jobs:
        if top.never:
            continue
        called = look.workflows.called_by(top)
        inner = look.workflows.jobs_of(called) if called else (top,)
        for job in inner:
            if _deploys(look, job) or _says_it_deploys(look, job):
                yield job, (job,) if job is top else (job, top)


def _pushes_what_runs(look: Look, job: Job) -> bool:
    """Whether a job that is named for deploying pushes an image: servers take it from there."""
    named = re.sub(r"[-_]", " ", f"{job.id} {job.name}")
    if not re.search(r"(?i)\bdeploy", named) or _NO_DEPLOYMENT.search(named):
        return False
    pushed = (
        step.uses.startswith("docker/build-push-action")
        and str(step.inputs.get("push", "")).lower() not in {"", "false"}
        for step in job.steps
        if not step.never
    )
    return any(pushed) or any(_PUSHES.match(command.text) for command in look.workflows.commands_of(job))


def _deploys(look: Look, job: Job) -> bool:
    if _pushes_what_runs(look, job) or ci_images.pushes_what_runs(look, job):
        return True
    for step in job.steps:
        # Pages also hold documentation and story books: those are no deployment of the product.
        is_documents = "pages@" in step.uses or "pages-deploy" in step.uses
        is_documents = is_documents and bool(_DOCUMENTS.search(f"{job.id} {job.path} {_ran(job)}"))
        if _ACTIONS.match(step.uses) and not step.never and not is_documents:
            return True
    for command in look.workflows.commands_of(job):
        if not _DEPLOYS.match(command.text) or "--dry-run" in command.text or "--help" in command.text:
            continue
        local = command.program.startswith("docker") or command.program in {"ssh", "kubectl", "helm"}
        # Tests start containers too; that is deployment only where the job says so.
        if not local or re.search(
            r"deploy|release|prod|staging", f"{job.id} {job.name} {job.path} {job.environment}", re.IGNORECASE
        ):
            return not (command.program.startswith("docker") and _FOR_TESTS.search(f"{job.id} {job.path}"))
    return False


def _says_it_deploys(look: Look, job: Job) -> bool:
    """Whether a job says that it deploys and runs a tool that is not known here, which then is what deploys."""
    texts = [job.id, job.name, *(step.name for step in job.steps if not step.never)]
    if not any(_SAYS_SO.search(re.sub(r"[-_:/]", " ", text).strip()) for text in texts):
        return False
    if _DOCUMENTS.search(f"{job.id} {job.name} {_ran(job)}"):
        return False
    actions = any(step.uses and not step.never and not _KNOWN_ACTION.search(step.uses) for step in job.steps)
    return actions or any(
        not (_SETS_UP.match(command.text) or ci_jobs.is_lint(command) or "--dry-run" in command.text)
        for command in look.workflows.commands_of(job)
    )


def _ran(job: Job) -> str:
    return " ".join(f"{step.name} {step.run} {step.inputs.get('path', '')}" for step in job.steps)


def _grade(look: Look, workflow: Workflow, job: Job, chain: tuple[Job, ...], real: list[Case]) -> str:
    """What holds a deploy job back: "all", "approval", "some", "environment", "by hand" or "none"."""
    if any(item.manual for item in chain):
        return "approval"
    before = [other for item in chain for other in _needed(look, workflow, item)]
    before += _after_workflow(look, workflow)
    checked = [*before, job]
    runs = [Run(workflow, item, command) for item in checked for command in look.workflows.commands_of(item)]
    tests = any(covered(look, run, real) and not ci_jobs.is_ignored(run.command) for run in runs)
    scans = any(_SCANS.match(run.command.text) and not ci_jobs.is_ignored(run.command) for run in runs)
    scans = scans or any(
        _SCAN_ACTIONS.search(step.uses) and not (item.tolerated or step.tolerated)
        for item in checked
        for step in item.steps
    )
    if tests and scans:
        return "all"
    if tests or scans or any(ci_jobs.is_lint(run.command) for run in runs):
        return "some"
    if any(item.environment not in {"", "github-pages"} for item in chain):  # Pages makes the latter itself
        return "environment"
    return "by hand" if set(workflow.triggers) <= {"workflow_dispatch", "workflow_call"} else "none"


def _needed(look: Look, workflow: Workflow, job: Job) -> Iterator[Job]:
    """Everything a job needs, through the needs of its needs and the workflows they call."""
    siblings = {item.id: item for item in next((w.jobs for w in look.workflows.all if job in w.jobs), workflow.jobs)}
    waiting, seen = list(job.needs) if _waits(job) else [], set[str]()
    while waiting:
        name = waiting.pop()
        other = siblings.get(name)
        if name in seen or other is None:
            continue
        seen.add(name)
        yield other
        called = look.workflows.called_by(other)
        yield from look.workflows.jobs_of(called) if called else ()
        waiting += other.needs if _waits(other) else ()


def _waits(job: Job) -> bool:
    """Whether a failure of what it needs keeps the job from running: `always()` alone says that it does not."""
    condition = job.condition.replace(" ", "")
    if re.search(r"!failure\(\)|success\(\)|\.result", condition):
        return True
    return not re.search(r"always\(\)|cancelled\(\)|failure\(\)", condition)


def _after_workflow(look: Look, workflow: Workflow) -> Iterator[Job]:
    """The jobs of workflows that must have ended well before this one starts."""
    names = workflow.triggers.get("workflow_run", {}).get("workflows")
    if not isinstance(names, list) or len(workflow.triggers) > 1:
        return
    if not any("conclusion == 'success'" in job.condition for job in workflow.jobs):
        return
    for other in look.workflows.all:
        if other.name in names:
            yield from look.workflows.jobs_of(other)


def _only_prints(look: Look) -> str:
    for _, job in ci_jobs.jobs(look, on_change=False):
        if re.search(r"\bdeploy", f"{job.id} {job.name}", re.IGNORECASE):
            commands = look.workflows.commands_of(job)
            works = any(step.uses and not step.uses.startswith("actions/") for step in job.steps)
            if commands and not works and all(item.program in {"echo", "printf", "true", "sleep"} for item in commands):
                return f": the job {job.id} only prints"
    return ""
