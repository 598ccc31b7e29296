from fastapi import FastAPI, UploadFile

app = FastAPI()
MAX_UPLOAD_BYTES = 5_000_000


# expect: fact.upload.received.py
@app.post("/files")
async def receive(file: UploadFile):
    # expect: upload.whole-read.py
    return await file.read()


# expect: fact.upload.received.py
@app.post("/files/checked")
async def receive_checked(file: UploadFile):
    # expect: fact.upload.limited.py
    if file.size > MAX_UPLOAD_BYTES:
        raise TooLarge
    # clean: upload.whole-read.py
    return await file.read()


# clean: fact.upload.received.py
def unrelated(path, wanted):
    # clean: fact.upload.limited.py
    if path.size > wanted:
        return None
    # clean: upload.whole-read.py
    return path.read()
