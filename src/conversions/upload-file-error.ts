/** A file can not be read as a whole; the message says why. */
export class UploadFileError extends Error {
  readonly code = 'bad_upload'

  constructor(reason: string) {
    super(reason)
    this.name = 'UploadFileError'
  }
}
