import type { Hit, HitAnswer } from '../domain/hit.ts'
import { RECORD_TYPE } from '../domain/journal-record.ts'
import type { EdgeContext } from './edge-context.ts'
import { appendText } from './keep-record.ts'

/**
 * Keeps a hit and asks core for its judgement, both at once.
 *
 * ```
 *  durable  core answers        answer
 *  yes      yes                 core's
 *  yes      no                  queued: it will be judged from the journal
 *  no       yes                 core's: the conversion is in its store
 *  no       no                  overloaded: nothing was accepted
 * ```
 * A hit that could not be read is malformed whoever judges it.
 */
export async function judgeHit(context: EdgeContext, hit: Hit): Promise<HitAnswer> {
  const [isKept, judged] = await Promise.all([keepHit(context, hit), context.core.judge(hit)])
  const answer = judged ?? answerWithoutCore(hit, isKept)
  context.metrics.count('hits')
  if (answer.outcome === 'malformed') context.metrics.count('hitsMalformed')
  if (answer.outcome === 'queued') context.metrics.count('hitsQueued')
  if (answer.outcome === 'overloaded') context.metrics.count('hitsOverloaded')
  return answer
}

function answerWithoutCore(hit: Hit, isKept: boolean): HitAnswer {
  if (!isKept)
    return { hit: hit.id, outcome: 'overloaded', reason: 'the hit could not be kept: send it again' }
  if (hit.problem !== undefined) return { hit: hit.id, outcome: 'malformed', reason: hit.problem }
  return { hit: hit.id, outcome: 'queued' }
}

/** Unlike a visit a hit that is not kept is not lost yet: its sender is told, or core has it. */
async function keepHit(context: EdgeContext, hit: Hit): Promise<boolean> {
  try {
    await appendText(context, RECORD_TYPE.hit, JSON.stringify(hit))
    return true
  } catch (error) {
    context.failures.error('the journal refuses postbacks and pixels', error)
    return false
  }
}
