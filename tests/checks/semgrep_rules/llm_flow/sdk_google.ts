import { exec } from "node:child_process";
import { GoogleGenAI } from "@google/genai";

const RULES = "Answer in one sentence.";
const client = new GoogleGenAI({});

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await client.models.generateContent({ model: MODEL, contents: question });
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
  await client.models.generateContent({ model: MODEL, contents: text, config: { systemInstruction: `You help ${name}.` } });
  // clean: llm.user-input-in-system-prompt.js
  return client.models.generateContent({ model: MODEL, contents: text, config: { systemInstruction: RULES } });
}
