import { exec } from "node:child_process";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const RULES = "Answer in one sentence.";
const client = new BedrockRuntimeClient({});

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await client.send(new ConverseCommand({ modelId: MODEL, messages: [question] }));
  // expect: llm.output-to-code.js
  eval(answer.output.message.content[0].text);
  // expect: llm.output-to-code.js
  exec(answer.output.message.content[0].text);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.output.message.content[0].text);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.output.message.content[0].text;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  await client.send(new ConverseCommand({ modelId: MODEL, system: [{ text: `You help ${name}.` }], messages: text }));
  // clean: llm.user-input-in-system-prompt.js
  return client.send(new ConverseCommand({ modelId: MODEL, system: [{ text: RULES }], messages: text }));
}
