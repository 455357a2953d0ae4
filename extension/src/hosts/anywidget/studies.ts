/** Studies of a network by the kernel of a widget. */

import type { JsonObject } from '../../core/document';
import type { FaultAnswer, FaultRequest, PowerFlowAnswer, StudyService } from '../../designers/circuit';
import type { WidgetModel } from './model';
import { ask } from './model';

export class ModelStudies implements StudyService {
  constructor(private readonly model: WidgetModel) {}

  powerFlow(document: JsonObject, signal: AbortSignal): Promise<PowerFlowAnswer> {
    return ask(this.model, { study: 'power_flow', document }, { signal });
  }

  shortCircuit(document: JsonObject, request: FaultRequest, signal: AbortSignal): Promise<FaultAnswer> {
    return ask(this.model, { study: 'short_circuit', document, ...request }, { signal });
  }
}
