#include "node/exchange/treaty_question.h"

#include "node/base/clock.h"
#include "node/base/text.h"

namespace tamga::exchange {

policy::Question QuestionOf(const v1::MessageHeader& header) {
  policy::Question question;
  question.asker = header.from();
  question.answerer = header.to();
  question.record_kind = header.record_kind();
  question.operation = header.operation();
  question.purpose = header.purpose();
  question.treaty_id = header.treaty().id();
  question.facts.SetNumber(v1::ATTRIBUTE_VOLUME, 1);
  return question;
}

std::string PolicyDigest(const treaty::TreatyLibrary& library, const std::string& treaty_id,
                         const v1::MessageHeader& header) {
  return library.standing->PolicyDigest(treaty_id, StateOf(header.from()), StateOf(header.to()),
                                        FromProto(header.issued_at()));
}

}  // namespace tamga::exchange
