import { exec } from "node:child_process";
import { VectorStoreIndex } from "llamaindex";
import { openai } from "@llamaindex/openai";

const RULES = "Answer in one sentence.";
const llm = openai({ model: MODEL });
const queryEngine = index.asQueryEngine();

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await queryEngine.query({ query: question });
  // expect: llm.output-to-code.js
  eval(answer.message.content);
  // expect: llm.output-to-code.js
  exec(answer.message.content);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.message.content);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.message.content;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  await llm.chat({ messages: [{ role: "system", content: `You help ${name}.` }, { role: "user", content: text }] });
  // clean: llm.user-input-in-system-prompt.js
  return llm.chat({ messages: [{ role: "system", content: RULES }, { role: "user", content: text }] });
}
