import { FormEvent, useEffect, useState } from "react";

import { ask, startConversation } from "./api";

type Turn = { from: "customer" | "assistant"; text: string };

export function Chat({ userId, name }: { userId: number; name: string }) {
  const [conversation, setConversation] = useState<number>();
  const [turns, setTurns] = useState<Turn[]>([]);
  const [question, setQuestion] = useState("");

  useEffect(() => {
    startConversation(userId).then(setConversation);
  }, [userId]);

  async function send(event: FormEvent) {
    event.preventDefault();
    if (conversation === undefined) return;
    setTurns((before) => [...before, { from: "customer", text: question }]);
    setQuestion("");
    const reply = await ask(conversation, name, question);
    setTurns((before) => [...before, { from: "assistant", text: reply.answer }]);
  }

  return (
    <main>
      <h1>Acme support</h1>
      {turns.map((turn, index) =>
        turn.from === "assistant" ? (
          <div key={index} className="assistant" dangerouslySetInnerHTML={{ __html: turn.text }} />
        ) : (
          <p key={index}>{turn.text}</p>
        ),
      )}
      <form onSubmit={send}>
        <input value={question} onChange={(event) => setQuestion(event.target.value)} aria-label="Your question" />
        <button type="submit">Send</button>
      </form>
    </main>
  );
}
