import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'

/** Cookie of who gave the right password and is asked for a code. */
const CHALLENGE_COOKIE = 'two_factor'

/** Tells our own code, and no client, who is asked for a code. */
export function secondStepPlugin() {
  return {
    id: 'second-step',
    endpoints: {
      secondStepUser: createAuthEndpoint.serverOnly({ method: 'GET', requireHeaders: true }, async (ctx) => {
        const { name } = ctx.context.createAuthCookie(CHALLENGE_COOKIE)
        const challenge = await ctx.getSignedCookie(name, ctx.context.secret)
        if (!challenge) return { userId: undefined }
        const found = await ctx.context.internalAdapter.findVerificationValue(challenge)
        return { userId: found?.value }
      }),
    },
  } satisfies BetterAuthPlugin
}
