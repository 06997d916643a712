/** The way from a process to the database and back. */
import { LostConnection } from '../memory/actionResults';
import { StatementError, type Transport } from '../memory/tables';
import type { FaultDice } from './faults';
import type { StepOwner, VirtualTime } from './virtualTime';

/**
 * A statement is carried out at one instant after it was sent, and its answer arrives later still. What was sent
 * arrives although its sender dies; what comes back to the dead is not heard.
 */
export function networkOf(options: {
  readonly time: VirtualTime;
  readonly faults: FaultDice;
  readonly owner: StepOwner;
}): Transport {
  const { time, faults, owner } = options;
  return (statement, run) =>
    new Promise((resolve, reject) => {
      if (!owner.isAlive) return;
      const fate = faults.fateOf(statement);
      const answer = (delayMs: number, what: string, settle: () => void) =>
        time.schedule({ delayMs, owner, label: `<- ${statement}${what}`, run: settle });
      const lose = (delayMs: number) => answer(delayMs, ' lost', () => reject(new LostConnection()));
      const sentMs = faults.latencyMs();
      const carryOut = () => {
        const backMs = faults.latencyMs();
        if (fate === 'refused') return lose(backMs);
        if (fate === 'conflict') {
          return answer(backMs, ' conflict', () => reject(new StatementError('deadlock detected', '40P01')));
        }
        try {
          const result = run();
          if (fate === 'answered') answer(backMs, '', () => resolve(result));
          else if (fate === 'answer_lost') lose(backMs);
        } catch (error) {
          const reason = error instanceof Error ? error : new Error(String(error));
          if (reason instanceof StatementError) faults.refused.push(`${statement} was refused: ${reason.message}`);
          if (fate === 'answered') answer(backMs, ` ${reason.message}`, () => reject(reason));
          else if (fate === 'answer_lost') lose(backMs);
        }
      };
      const label = `${owner.name} -> ${statement}${fate === 'answered' ? '' : ` (${fate})`}`;
      time.schedule({ delayMs: fate === 'late' ? faults.lateMs() : sentMs, owner: null, label, run: carryOut });
      if (fate === 'late') lose(sentMs + faults.latencyMs());
    });
}
