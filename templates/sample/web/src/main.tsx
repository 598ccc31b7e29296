import { createRoot } from "react-dom/client";

import { Chat } from "./Chat";

createRoot(document.getElementById("root")!).render(<Chat userId={1} name="Ana" />);
