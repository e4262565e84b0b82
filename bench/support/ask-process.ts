import { fork } from 'node:child_process'

/**
 * Starts a process, sends it one message and returns its one answer. The process lives until the answer is here: one
 * that ended by itself could end before its answer has gone through the pipe.
 */
export function askProcess(file: URL, question: object): Promise<unknown> {
  const child = fork(file)
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => {
      child.disconnect()
      resolve(answer)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${file.pathname} ended with ${code}`)))
    child.send(question)
  })
}
