import { exec } from "node:child_process";
import { generateText } from "ai";
import { openai } from "@ai-sdk/openai";

const RULES = "Answer in one sentence.";

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await generateText({ model: openai(MODEL), prompt: question });
  // expect: llm.output-to-code.js
  eval(answer.text);
  // expect: llm.output-to-code.js
  exec(answer.text);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.text);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.text;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  await generateText({ model: openai(MODEL), system: `You help ${name}.`, prompt: text });
  // clean: llm.user-input-in-system-prompt.js
  return generateText({ model: openai(MODEL), system: RULES, prompt: text });
}
