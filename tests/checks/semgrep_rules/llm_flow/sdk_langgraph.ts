import { exec } from "node:child_process";
import { StateGraph } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";

const RULES = "Answer in one sentence.";
const graph = new StateGraph(State).compile();

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await graph.invoke({ messages: [question] });
  // expect: llm.output-to-code.js
  eval(answer.messages[0].content);
  // expect: llm.output-to-code.js
  exec(answer.messages[0].content);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.messages[0].content);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.messages[0].content;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  createReactAgent({ llm, tools: [], prompt: `You help ${name}.` });
  // clean: llm.user-input-in-system-prompt.js
  return createReactAgent({ llm, tools: [], prompt: RULES });
}
