import { execSync } from "node:child_process";
import { createAgent } from "langchain";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { streamText } from "ai";

const helper = createAgent({ model: MODEL, tools: [] });

export async function run(question: string, db: any, chat: any, client: any) {
  const { text } = await generateText({ model, prompt: question });
  // expect: llm.output-to-code.js
  new Function(text);
  const answer = await helper.invoke({ messages: [question] });
  // expect: llm.output-to-code.js
  execSync(answer.messages[0].content);
  const said = await chat.sendMessage({ message: question });
  // expect: llm.output-to-sql.js
  await db.execute(said.text);
  const raw = await client.send(new InvokeModelCommand({ modelId: MODEL, body: question }));
  // expect: llm.output-to-sql.js
  await db.query(JSON.parse(new TextDecoder().decode(raw.body)).sql);
  const told = await client.send(new GetObjectCommand({ Key: question }));
  // clean: llm.output-to-sql.js
  await db.query(told.Body);
  const picture = await client.chat.completions.create({ model: MODEL, messages: [question] });
  // expect: llm.output-to-html.js fact.html.raw.js
  return <div dangerouslySetInnerHTML={{ __html: picture.choices[0].message.content }} />;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  createAgent({ model: MODEL, tools: [], systemPrompt: `You help ${name}.` });
  // expect: llm.user-input-in-system-prompt.js
  ChatPromptTemplate.fromMessages([["system", `You help ${name}.`], ["human", "{text}"]]);
  // clean: llm.user-input-in-system-prompt.js
  ChatPromptTemplate.fromMessages([["system", "You help."], ["human", text]]);
  // expect: llm.user-input-in-system-prompt.js
  return streamText({ model, system: "You help " + name, messages: text });
}
