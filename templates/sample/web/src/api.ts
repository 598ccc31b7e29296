const BASE = "http://localhost:8000";

export type Answer = { answer: string; desk: string };

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${BASE}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

export async function startConversation(userId: number): Promise<number> {
  const created = await post<{ id: number }>("/conversations", { user_id: userId });
  return created.id;
}

export function ask(conversation: number, name: string, question: string): Promise<Answer> {
  return post<Answer>(`/conversations/${conversation}/messages`, { name, question });
}
