// Nothing but the meta objects of the contract's enums, and the proof that each header stands alone.
#include <foundry/Answer.h>
#include <foundry/Command.h>
#include <foundry/Event.h>
#include <foundry/Failure.h>
#include <foundry/Query.h>
