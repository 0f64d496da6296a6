#include "node/domain/call_keys.h"

#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/domain/testing/temp_store.h"
#include "node/store/test_folder.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::domain {
namespace {

class CallKeysTest : public ::testing::Test {
 protected:
  CallKeysTest() { request_.set_requested_agency("KGZ/interior-ministry"); }

  absl::Status Remember(const std::string& key, const std::string& id) {
    return store_.writer().Commit(keys_.Remember({key, request_}, id, absl::UnixEpoch()));
  }

  SeededRng rng_{1};
  TempStore store_{rng_};
  CallKeys keys_{"test-key", store_.records()};
  v1::SubmitReadmissionRequest request_;
};

TEST_F(CallKeysTest, KnowNothingOfANewCall) { EXPECT_EQ(keys_.Find({"key-1", request_}).value(), std::nullopt); }

TEST_F(CallKeysTest, RecogniseTheSameCallByItsKey) {
  ASSERT_OK(Remember("key-1", "case-1"));
  EXPECT_EQ(keys_.Find({"key-1", request_}).value(), "case-1");
  EXPECT_EQ(keys_.Find({"key-2", request_}).value(), std::nullopt);
  EXPECT_EQ(keys_.IdOf("key-1").value(), "case-1");
}

TEST_F(CallKeysTest, RefuseAKeyWithAnotherRequest) {
  ASSERT_OK(Remember("key-1", "case-1"));
  request_.set_requested_agency("TJK/interior-ministry");
  EXPECT_THAT(keys_.Find({"key-1", request_}), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(keys_.Find({"key-1", request_}), HasReason("IDEMPOTENCY_MISMATCH"));
}

TEST_F(CallKeysTest, RefuseAKeyWithAnotherMethod) {
  ASSERT_OK(Remember("key-1", "case-1"));
  EXPECT_THAT(keys_.Find({"key-1", v1::ActOnReadmissionCaseRequest()}), HasReason("IDEMPOTENCY_MISMATCH"));
}

TEST_F(CallKeysTest, WhatACallAsksForDoesNotHangOnItsKey) {
  const std::string without_key = ContentOf(request_);
  request_.mutable_context()->set_idempotency_key("key-1");
  EXPECT_EQ(ContentOf(request_), without_key);
  request_.set_requested_agency("TJK/interior-ministry");
  EXPECT_NE(ContentOf(request_), without_key);
}

TEST_F(CallKeysTest, ThatTellOfAPersonStandInNoFile) {
  ASSERT_OK(Remember("passport-N1234567", "case-1"));
  EXPECT_EQ(keys_.Find({"passport-N1234567", request_}).value(), "case-1");
  const std::string bytes = store::AllBytesIn(store_.folder());
  EXPECT_NE(bytes.find("test-key"), std::string::npos);  // the kind: it is these files that hold the record
  EXPECT_EQ(bytes.find("N1234567"), std::string::npos);
}

TEST_F(CallKeysTest, LetOnlyOneOfTwoCallsWithTheSameKeyThrough) {
  ASSERT_OK(Remember("key-1", "case-1"));
  EXPECT_THAT(Remember("key-1", "case-2"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(keys_.IdOf("key-1").value(), "case-1");
}

TEST_F(CallKeysTest, DoNotRememberCallsWithoutKey) {
  const store::Effects effects = keys_.Remember({"", request_}, "case-1", absl::UnixEpoch());
  EXPECT_TRUE(effects.writes.empty());
  EXPECT_TRUE(effects.blobs.empty());
  EXPECT_EQ(keys_.Find({"", request_}).value(), std::nullopt);
}

}  // namespace
}  // namespace tamga::domain
