export async function POST(req: Request) {
  const { topic, messages } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  streamText({ model, system: `You only talk about ${topic}.`, messages });
  // clean: llm.user-input-in-system-prompt.js
  streamText({ model, system: RULES, messages });
}

export async function run(messages: any, db: any, element: any) {
  const answer = await client.chat.completions.create({ model, messages });
  // expect: llm.output-to-code.js
  eval(answer.choices[0].message.content);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.choices[0].message.content);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.choices[0].message.content;
  // clean: llm.output-to-html.js
  element.textContent = answer.choices[0].message.content;
  // clean: llm.output-to-html.js
  // clean: fact.html.raw.js
  element.innerHTML = "";
}

export function Answer({ text }: any) {
  // expect: fact.html.raw.js
  return <div dangerouslySetInnerHTML={{ __html: text }} />;
}
