import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.serialization.AbstractApiMessageSerde;

// Lines "CLASS VERSION JSON" become lines of hex: the record as the JVM stores it, within the frame that records of
// metadata logs have unless it is one of a control batch.
class RecordWriter {
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 3);
            short version = Short.parseShort(words[1]);
            ApiMessage message = (ApiMessage) Class.forName(words[0] + "JsonConverter")
                .getMethod("read", JsonNode.class, short.class).invoke(null, new ObjectMapper().readTree(words[2]), version);
            ByteBuffer bytes = message.apiKey() < 0 ? bare(message, version) : framed(message, version);
            StringBuilder hex = new StringBuilder();
            while (bytes.hasRemaining()) {
                hex.append(String.format("%02x", bytes.get()));
            }
            System.out.println(hex);
        }
    }

    private static ByteBuffer bare(ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(bytes), cache, version);
        bytes.flip();
        return bytes;
    }

    private static ByteBuffer framed(ApiMessage message, short version) {
        AbstractApiMessageSerde frame = new AbstractApiMessageSerde() {
            @Override
            public ApiMessage apiMessageFor(short type) {
                return message;
            }
        };
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ApiMessageAndVersion record = new ApiMessageAndVersion(message, version);
        ByteBuffer bytes = ByteBuffer.allocate(frame.recordSize(record, cache));
        frame.write(record, cache, new ByteBufferAccessor(bytes));
        bytes.flip();
        return bytes;
    }
}
