// A decision in sentences.
#pragma once

#include "absl/time/time.h"
#include "policy/treaty_set.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::audit {

// Whether the treaties permit the question at `now`, facts about the person aside: it is decided as the answering side
// would. The sentences say why, what may be told and within which time, or what would have to differ; and, where it is
// permitted, which facts the asking side must state before its own node lets the request out.
v1::ExplainDecisionResponse Explain(const policy::TreatySet& treaties, const policy::Question& question,
                                    absl::Time now);

}  // namespace tamga::audit
