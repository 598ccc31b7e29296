import { exec } from "node:child_process";
import { ChatOpenAI } from "@langchain/openai";
import { SystemMessage } from "@langchain/core/messages";

const RULES = "Answer in one sentence.";
const llm = new ChatOpenAI({ model: MODEL });

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await llm.invoke(question);
  // expect: llm.output-to-code.js
  eval(answer.content);
  // expect: llm.output-to-code.js
  exec(answer.content);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.content);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.content;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  await llm.invoke([new SystemMessage(`You help ${name}.`), text]);
  // clean: llm.user-input-in-system-prompt.js
  return llm.invoke([new SystemMessage(RULES), text]);
}
