"""What shows a fact about the product: packages, calls and names, as data for `checks.application.product`."""

from __future__ import annotations

import re

WEB_FRAMEWORKS = (
    "fastapi", "flask", "django", "starlette", "quart", "sanic", "litestar", "tornado", "bottle", "falcon",
    "apiflask", "streamlit", "gradio", "chainlit", "nicegui", "dash", "express", "hono", "fastify", "koa",
    "@nestjs/core", "h3", "elysia", "@hapi/hapi", "next/server", "@apollo/server", "@trpc/server",
)  # fmt: skip
FRONT_ENDS = (
    "react", "react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact", "next", "nuxt", "lit",
    "astro", "streamlit", "gradio", "chainlit", "nicegui", "dash", "react-native", "expo", "electron",
    "@tauri-apps/api", "PyQt5", "PyQt6", "PySide6", "tkinter", "kivy", "flet", "textual",
)  # fmt: skip
PAGES = ("*.html", "*.html.j2", "*.html.jinja*", "*.jinja", "*.vue", "*.svelte", "*.astro", "*.tsx", "*.jsx")
DRAWN_IN_BROWSERS = frozenset(
    {"react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact", "next", "nuxt", "lit", "astro"}
    | {"streamlit", "gradio", "chainlit", "nicegui", "dash"}
)
SIGN_IN = (
    "passlib", "pwdlib", "jose", "jwt", "authlib", "fastapi_users", "flask_login", "flask_jwt_extended",
    "bcrypt", "argon2", "django.contrib.auth", "rest_framework_simplejwt", "allauth", "ldap", "ldap3", "msal",
    "next-auth", "@auth/*", "passport", "passport-*", "jsonwebtoken", "@clerk/*", "better-auth", "lucia",
    "bcryptjs", "@auth0/*", "@okta/*", "@workos-inc/*", "firebase/auth", "@supabase/auth*", "express-session",
    "iron-session", "keycloak-js", "@azure/msal*", "@kinde-oss/*", "@descope/*", "oidc-client-ts",
)  # fmt: skip
SIGN_IN_CALLS = re.compile(
    r"(^|\.)(OAuth2PasswordBearer|OAuth2AuthorizationCodeBearer|HTTPBearer|HTTPBasic|APIKeyHeader|APIKeyCookie)$"
    r"|\.auth\.(sign\w+|getUser|getSession|onAuthStateChange)$|^django\.contrib\.auth\.\w+$"
)
SIGN_IN_WORDS = re.compile(r"\b(password|authenticate\w*|log_?in|sign_?in|current_?user)\b", re.IGNORECASE)
ROLES = re.compile(
    r"\b(is_?(admin|superuser|staff|moderator)|(user|app|member|account)_?roles?|(require|has|check)_?roles?"
    r"|roles?_(required|guard)|RolesGuard|permission_required|PermissionRequiredMixin|has_perm|has_permission)\b",
    re.IGNORECASE,
)
OWNERS = re.compile(
    r"^(owner|user|author|creator|created_by|tenant|customer|account|organi[sz]ation|org|workspace|team|company"
    r"|household|group|project)(_id|Id)$|^(owner|tenant|created_by)$"
)
OWNER_COLUMNS = re.compile(
    r"^[^\S\n]*[\"`]?(user|owner|tenant|customer|account|org|organi[sz]ation|workspace|team|household)(_id|Id)[\"`]?\s+\w+",
    re.MULTILINE,
)
PERSONAL = re.compile(
    r"^(e_?mail(_address)?|phone(_number)?|mobile|first_?name|last_?name|full_?name|surname|date_of_birth|birth_?date|dob"
    r"|street|postal_?code|zip_?code|home_address|national_id|ssn|passport(_number)?|iban|ip_address)$",
    re.IGNORECASE,
)
PERSONAL_COLUMNS = re.compile(
    r"^[^\S\n]*[\"`]?(email|phone(_number)?|first_name|last_name|full_name|date_of_birth)[\"`]?\s+\w+",
    re.MULTILINE | re.IGNORECASE,
)
UPLOAD_PACKAGES = ("multer", "formidable", "busboy", "@fastify/multipart", "uploadthing", "react-dropzone", "koa-body")
UPLOAD_CALLS = re.compile(
    r"^streamlit\.(file_uploader|camera_input)$|^gradio\.(File|UploadButton|Image|Audio|Video|MultimodalTextbox)$"
    r"|(^|\.)request\.files(\.|$)|(^|\.)request\.FILES(\.|$)|\.storage\.from\.(upload|uploadToSignedUrl)$"
)
LIVE_PACKAGES = (
    "websockets", "socketio", "flask_socketio", "channels", "sse_starlette", "ws", "socket.io",
    "socket.io-client", "@fastify/websocket", "@hono/node-ws", "pusher", "ably", "graphql-ws",
    "@nestjs/websockets", "partykit", "livekit", "livekit-client", "@microsoft/signalr", "streamlit", "gradio",
)  # fmt: skip
LIVE_CALLS = re.compile(r"^(WebSocket|EventSource)$|^Deno\.upgradeWebSocket$|(^|\.)EventSourceResponse$")
DATABASES = (
    "sqlalchemy", "sqlmodel", "psycopg", "psycopg2", "asyncpg", "pymongo", "motor", "beanie", "mongoengine",
    "sqlite3", "aiosqlite", "peewee", "tortoise", "pony", "mysql", "pymysql", "aiomysql", "django.db",
    "supabase", "firebase_admin", "duckdb", "chromadb", "langchain_chroma", "qdrant_client", "pinecone",
    "weaviate", "neo4j", "cassandra", "elasticsearch", "flask_sqlalchemy", "edgedb", "@prisma/client",
    "drizzle-orm", "typeorm", "sequelize", "mongoose", "mongodb", "pg", "postgres", "mysql2", "better-sqlite3",
    "knex", "kysely", "@supabase/supabase-js", "@supabase/ssr", "firebase/firestore", "@planetscale/*",
    "@neondatabase/*", "@libsql/*", "convex", "@mikro-orm/*", "@upstash/redis", "dexie", "node:sqlite",
)  # fmt: skip
WRITES = re.compile(
    r"\.(add|add_all|commit|flush|merge|bulk_create|bulk_save_objects|insert_one|insert_many|update_one|update_many"
    r"|delete_one|replace_one|objects\.create|get_or_create|update_or_create|insert|upsert|createMany|deleteMany"
    r"|updateMany|insertOne|insertMany|updateOne|findOneAndUpdate|setDoc|addDoc|save)$|^(setDoc|addDoc|insert|update)$"
)
WRITING_SQL = re.compile(r"^\s*(insert\s+(or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from)\b", re.IGNORECASE)
HOSTED_MODELS = (
    "openai", "anthropic", "google.genai", "google.generativeai", "vertexai", "mistralai", "cohere", "groq",
    "together", "replicate", "langchain_openai", "langchain_anthropic", "langchain_google_genai",
    "langchain_google_vertexai", "langchain_aws", "langchain_mistralai", "langchain_groq", "litellm",
    "fireworks", "elevenlabs", "deepgram", "assemblyai", "voyageai", "perplexity", "azure.ai.inference",
    "azure.ai.openai", "@anthropic-ai/*", "@google/generative-ai", "@google/genai", "@google-cloud/vertexai",
    "@mistralai/*", "cohere-ai", "groq-sdk", "together-ai", "@ai-sdk/*", "@langchain/openai",
    "@langchain/anthropic", "@langchain/google*", "@aws-sdk/client-bedrock-runtime", "@azure/openai",
    "@openrouter/*", "@fal-ai/*", "fal_client", "openai-edge",
)  # fmt: skip
LOCAL_MODELS = (
    "transformers", "torch", "tensorflow", "keras", "llama_cpp", "ollama", "vllm", "sentence_transformers",
    "sklearn", "xgboost", "lightgbm", "onnxruntime", "spacy", "diffusers", "whisper", "faster_whisper",
    "ultralytics", "gpt4all", "ctransformers", "mlx_lm", "@xenova/transformers", "@huggingface/*",
    "@tensorflow/*", "onnxruntime-node",
)  # fmt: skip
MODEL_FRAMEWORKS = (
    "langchain", "langchain_core", "langchain_community", "langgraph", "llama_index", "crewai", "autogen",
    "pydantic_ai", "agents", "smolagents", "haystack", "dspy", "instructor", "guidance", "semantic_kernel",
    "huggingface_hub", "google.adk", "ai", "@langchain/*", "llamaindex", "@openai/agents", "@mastra/*",
    "@copilotkit/*",
)  # fmt: skip
HOSTED_ENDPOINTS = re.compile(
    r"api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com|aiplatform\.googleapis\.com|openrouter\.ai"
    r"|ai\.gateway\.lovable\.dev|api\.mistral\.ai|api\.groq\.com|api\.together\.(xyz|ai)|api\.cohere\.(ai|com)"
    r"|api\.perplexity\.ai|api\.deepseek\.com|api\.x\.ai|api\.replicate\.com|router\.huggingface\.co"
    r"|api-inference\.huggingface\.co|openai\.azure\.com|api\.fireworks\.ai|api\.elevenlabs\.io|gateway\.ai\.cloudflare"
)
LOCAL_ENDPOINTS = re.compile(r"localhost:11434|/api/(generate|chat)$|/v1/chat/completions")
GENERATES = re.compile(
    r"\.(chat\.completions\.(create|parse|stream)|completions\.create|messages\.(create|stream)|responses\.(create|parse)"
    r"|images\.(generate|edit)|audio\.speech\.create|generate_content(_async|_stream)?|generateContent(Stream)?"
    r"|create_chat_completion|chat_completion|ainvoke|text_to_speech\w*)$|^ai\.(generate|stream)(Text|Object)$"
    r"|^(litellm|ollama)\.\w*(completion|chat|generate)$|(^|\.)(ChatOpenAI|ChatAnthropic|ChatGoogleGenerativeAI|ChatGroq"
    r"|ChatOllama|ChatBedrock|AzureChatOpenAI|ChatMistralAI|Llama|StableDiffusionPipeline)$"
)
GENERATING_ENDPOINTS = re.compile(r"/chat/completions|/v1/messages|:generateContent|/images/generations|/v1/responses")
PARSES = re.compile(
    r"(^|\.)(json\.loads|JSON\.parse|model_validate_json|model_validate|with_structured_output|withStructuredOutput"
    r"|generateObject|streamObject|PydanticOutputParser|JsonOutputParser|StructuredOutputParser|completions\.parse"
    r"|responses\.parse|parse_raw)$"
)
TOOL_PACKAGES = (
    "crewai",
    "autogen",
    "pydantic_ai",
    "smolagents",
    "agents",
    "google.adk",
    "@openai/agents",
    "@mastra/*",
)
TOOL_CALLS = re.compile(
    r"(^|\.)(bind_tools|bindTools|AgentExecutor|create_react_agent|createReactAgent|create_tool_calling_agent"
    r"|initialize_agent|StructuredTool|DynamicStructuredTool|ToolNode|FunctionTool)(\.|$)"
    r"|^(ai\.tool|langchain\w*(\.\w+)*\.tool|@langchain/core/tools\.tool)$"
)
KNOWLEDGE = (
    "chromadb", "langchain_chroma", "pinecone", "qdrant_client", "weaviate", "faiss", "llama_index", "pgvector",
    "lancedb", "pymilvus", "langchain_pinecone", "langchain_qdrant", "langchain_text_splitters",
    "@pinecone-database/*", "@qdrant/*", "llamaindex", "weaviate-ts-client", "unstructured", "docling", "ragas",
    "rank_bm25",
)  # fmt: skip
PIPELINES = (
    "airflow", "prefect", "dagster", "luigi", "pyspark", "kafka", "confluent_kafka", "aiokafka", "apache_beam",
    "dbt", "apscheduler", "kedro", "metaflow", "faust", "dlt", "ray.data", "kafkajs", "node-cron",
    "node-schedule", "bullmq",
)  # fmt: skip
CLIENTS = (
    "requests", "httpx", "aiohttp", "urllib3", "boto3", "botocore", "stripe", "sendgrid", "twilio", "smtplib",
    "emails", "aiosmtplib", "resend", "slack_sdk", "google.cloud", "azure", "paramiko", "grpc", "redis",
    "supabase", "axios", "got", "node-fetch", "ky", "undici", "@aws-sdk/*", "@sendgrid/*", "nodemailer",
    "@slack/*", "@google-cloud/*", "@azure/*", "@supabase/supabase-js", "firebase", "ioredis", "googleapis",
    "@stripe/*", "postmark",
)  # fmt: skip
SLOW = (
    "celery", "rq", "dramatiq", "arq", "huey", "smtplib", "emails", "aiosmtplib", "fastapi_mail", "reportlab",
    "weasyprint", "moviepy", "ffmpeg", "cv2", "pydub", "playwright", "selenium", "pandas", "bullmq", "bull",
    "agenda", "nodemailer", "resend", "puppeteer", "sharp", "fluent-ffmpeg", "pdfkit", "unstructured",
    "docling", "inngest", "@trigger.dev/*",
)  # fmt: skip
OTHER_LANGUAGES = (
    ".go", ".rs", ".java", ".kt", ".scala", ".rb", ".php", ".cs", ".fs", ".swift", ".dart", ".ex", ".exs",
    ".clj", ".c", ".cc", ".cpp", ".lua", ".pl", ".r", ".R", ".jl", ".hs", ".ipynb", ".gd",
)  # fmt: skip
DATABASE_IMAGES = re.compile(r"(^|/)(postgres|postgis|mysql|mariadb|mongo|cockroach|timescale|pgvector|clickhouse)")
CLOUD_RESOURCES = re.compile(r"^(aws|google|azurerm|digitalocean|cloudflare|hcloud|oci|linode|vercel|fly|heroku)_?")
