"""Ready-made tasks of Azure Pipelines, as the command each one runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

_COMMANDS = {
    "CmdLine": "{script}", "Bash": "{script}", "PowerShell": "{script}", "ShellScript": "bash {scriptPath}",
    "BatchScript": "{filename}", "PythonScript": "python {scriptPath}", "Npm": "npm {command}",
    "Yarn": "yarn {arguments}",
    "DotNetCoreCLI": "dotnet {command}", "Maven": "mvn {goals}", "Gradle": "gradle {tasks}", "Go": "go {command}",
    "AzureWebApp": "az webapp deploy", "AzureRmWebAppDeployment": "az webapp deploy",
    "AzureWebAppContainer": "az webapp deploy", "AzureFunctionApp": "az functionapp deploy",
    "AzureContainerApps": "az containerapp update", "AzureStaticWebApp": "az webapp deploy",
    "KubernetesManifest": "kubectl {action}", "Kubernetes": "kubectl {command}", "HelmDeploy": "helm {command}",
    "AzureCLI": "{inlineScript}", "TerraformTaskV4": "terraform {command}", "DockerCompose": "docker compose {action}",
}  # fmt: skip
_DEFAULTS = {"action": "deploy", "goals": "package", "tasks": "build", "command": "install"}
_HARMLESS = re.compile(
    r"(?i)^(?:Use|NodeTool|Publish|Download|Cache|Copy|Archive|Delete|Extract|Docker@|DockerInstaller|.*Installer"
    r"|NuGet|npmAuthenticate|Pip|Twine|Checkout|reportgenerator|PrepareX|Install|Replace|File|Delay|Manual|AzureKeyVault"
    r"|KubectlI|HelmI|Java|GoTool|Gulp@|Conda|Component|Notif|Generate)"
)
"""Tasks that prepare or publish, and neither test, scan nor deploy."""


def command(task: str, inputs: Mapping[str, str]) -> str | None:
    """The command line of a task such as "Npm@1"; "" for one that does nothing of interest, None for an unknown one."""
    name = task.partition("@")[0]
    pattern = _COMMANDS.get(name)
    if pattern is None:
        return "" if _HARMLESS.match(task) else None
    if name in {"Bash", "PowerShell"} and inputs.get("filePath"):
        return f"bash {inputs['filePath']}"
    given = {**_DEFAULTS, **inputs}
    if given.get("command") == "custom":
        given["command"] = given.get("customCommand") or given.get("custom") or ""
    line = re.sub(r"\{(\w+)\}", lambda match: given.get(match[1], ""), pattern)
    arguments = inputs.get("arguments", "") if "{arguments}" not in pattern else ""
    return f"{line} {arguments}".strip()
